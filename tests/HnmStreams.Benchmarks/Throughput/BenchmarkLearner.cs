using HnmStreams.Pipeline;

namespace HnmStreams.Benchmarks.Throughput;

/// <summary>The settings of the measured learner. They request the same work as the bare loop, so that only the overhead differs.</summary>
internal static class BenchmarkLearner
{
    public const int ScoreBatch = 512;
    public const int TrainBatch = 32;

    /// <summary>Returns settings that score everything in batches of 512, take a step of 32 rows per batch, and hold nothing out.</summary>
    public static PipelineOptions Options(ulong seed, int examples)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = seed };
        options.Batching.Size = ScoreBatch;
        options.Mix.BatchSize = TrainBatch;
        options.Mix.HardShare = 1;
        options.Limiter.ExamplesPerStep = ScoreBatch;
        options.Limiter.MinExamples = 0;
        options.Limiter.MaxDebtSteps = examples;
        options.Publishing.EverySteps = 1;
        options.Evaluation.HeldOutShare = 0;
        options.Evaluation.Interval = TimeSpan.FromHours(1);
        return options;
    }
}
