using HnmStreams.Pipeline;

namespace HnmStreams.Host.Bench;

/// <summary>The learner that is measured: the same work as the bare loop's, so that what differs is the way and not the load.</summary>
internal static class BenchLearner
{
    public const int ScoreBatch = 512;
    public const int TrainBatch = 32;

    /// <summary>Everything is scored in batches of 512, with a step of 32 for each, and nothing is held out.</summary>
    public static PipelineOptions Options(ulong seed, int examples)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = seed };
        options.Batching.Size = ScoreBatch;
        options.Mix.BatchSize = TrainBatch;
        options.Mix.HardShare = 1;
        options.Limiter.ExamplesPerStep = ScoreBatch;
        options.Limiter.MinimumExamples = 0;
        options.Limiter.MaximumDebtSteps = examples;
        options.Publishing.EverySteps = 1;
        options.Evaluation.HeldOutShare = 0;
        options.Evaluation.Interval = TimeSpan.FromHours(1);
        return options;
    }
}
