using System.Globalization;
using HnmStreams.Configuration.Sections;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>The batch sizes and learning rates among which each method gets its own best pair.</summary>
/// <param name="Batches">Rows per step; empty for the task's own batch size.</param>
/// <param name="RateFactors">Factors of the task's learning rate.</param>
internal sealed record QualityGrid(IReadOnlyList<int> Batches, IReadOnlyList<double> RateFactors)
{
    /// <summary>Returns all pairs for a task. Tasks that train on groups or regions keep their batch, because it is part of their loss.</summary>
    /// <param name="options">The settings of the method.</param>
    public IReadOnlyList<QualityTuning> Candidates(IMiningTask task, HnmOptions options)
    {
        IReadOnlyList<int> batches = task is LabeledTask && Batches.Count > 0 ? Batches : [options.Pipeline.Mix.BatchSize];
        return [.. batches.SelectMany(batch => RateFactors.Select(factor => new QualityTuning(batch, factor * options.Pipeline.Training.LearningRate)))];
    }
}

/// <summary>A batch size and a learning rate.</summary>
internal sealed record QualityTuning(int Batch, double LearningRate)
{
    /// <summary>Returns the settings. The number of examples per step follows the batch, so that all batch sizes train on the same number of examples.</summary>
    /// <param name="options">The settings of the method without a tuning.</param>
    public IReadOnlyList<string> Settings(HnmOptions options)
    {
        var perStep = Math.Clamp(options.Pipeline.Limiter.ExamplesPerStep * Batch / options.Pipeline.Mix.BatchSize, 0.01, 1e9);
        return [Text($"pipeline.mix.batchSize={Batch}"), Text($"pipeline.limiter.examplesPerStep={perStep}"), Text($"pipeline.training.learningRate={LearningRate}")];
    }

    public override string ToString() => Text($"batch {Batch}, rate {LearningRate:0.######}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
