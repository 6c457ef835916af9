using System.Globalization;
using HnmStreams.Configuration.Sections;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Sampling;
using HnmStreams.Pipeline;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Host.Tune;

/// <summary>The settings that <c>hnm tune</c> varies: for each, one to four values near the present one. Pure.</summary>
/// <remarks>
/// Tasks that train on groups or regions keep the composition of their batches, which is part of their loss. Only the learning rate and the number of
/// examples per step are varied for them.
/// </remarks>
internal static class TuneSpace
{
    // A learning rate within a factor of 2 of the best one costs little, so smaller steps find little.
    private static readonly double[] RateFactors = [1.0 / 3, 3, 0.1, 10];

    // The same digits in all values: readable in a settings file, and finer than any effect.
    private const string TwoDigits = "G2";

    /// <summary>Returns the changes of one setting each, the most important settings first.</summary>
    /// <param name="options">The present settings.</param>
    /// <param name="isFixed">True for a key that the user has fixed.</param>
    public static IReadOnlyList<TuneSetting> Neighbors(IMiningTask task, HnmOptions options, Func<string, bool> isFixed)
    {
        var pipeline = options.Pipeline;
        IEnumerable<TuneSetting> all = task is LabeledTask
            ? [.. Rate(pipeline), .. Mix(task, pipeline), .. Steps(pipeline), .. Batch(pipeline), .. Pool(task, pipeline.Pool), .. Sampling(pipeline.Sampling), .. HalfLife(pipeline.Pool)]
            : [.. Rate(pipeline), .. Steps(pipeline)];
        return [.. all.Where(setting => !setting.Assignments.Any(a => isFixed(a.Key)))];
    }

    // Prodigy estimates the rate.
    private static IEnumerable<TuneSetting> Rate(PipelineOptions pipeline) => string.Equals(pipeline.Training.Optimizer, "prodigy", StringComparison.Ordinal)
        ? []
        : Values("pipeline.training.learningRate", pipeline.Training.LearningRate, [.. RateFactors.Select(factor => factor * pipeline.Training.LearningRate)], 1e-9, 100);

    private static IEnumerable<TuneSetting> Mix(IMiningTask task, PipelineOptions pipeline) =>
    [
        .. Values("pipeline.mix.hardShare", pipeline.Mix.HardShareOrDefault, [0.25, 0.5, 0.75, 1], 0, 1),
        .. task.HasPositives ? Values("pipeline.mix.positiveShare", pipeline.Mix.PositiveShare, [0.12, 0.25, 0.5], 0, 1) : [],
    ];

    private static IEnumerable<TuneSetting> Steps(PipelineOptions pipeline) =>
        Values("pipeline.limiter.examplesPerStep", pipeline.Limiter.ExamplesPerStep, [pipeline.Limiter.ExamplesPerStep / 2, pipeline.Limiter.ExamplesPerStep * 2], 0.01, 1e9);

    // The number of steps follows, so that the same number of rows is trained on. Otherwise a larger batch would be rewarded for training more.
    private static IEnumerable<TuneSetting> Batch(PipelineOptions pipeline)
    {
        var present = pipeline.Mix.BatchSize;
        foreach (var batch in (int[])[present / 2, present * 2])
        {
            var perStep = Math.Clamp(pipeline.Limiter.ExamplesPerStep * batch / present, 0.01, 1e9);
            if (batch is >= 4 and <= 65_536)
                yield return TuneSetting.Of("pipeline.mix.batchSize", present, batch, new KeyValuePair<string, string>("pipeline.limiter.examplesPerStep", TuneSetting.Text(perStep)));
        }
    }

    private static IEnumerable<TuneSetting> Pool(IMiningTask task, PoolOptions pool) => pool.DistinctShare > 0 && task.HasPositives
        ? Values("pipeline.pool.distinctShare", pool.DistinctShare, [pool.DistinctShare / 3, pool.DistinctShare * 3], 0.0001, 1)
        : ((int[])[pool.Count / 4, pool.Count * 4]).Where(count => count is >= 50 and <= 1_000_000).Select(count => TuneSetting.Of("pipeline.pool.count", pool.Count, count));

    // The exponent is an inverse temperature: 0 draws uniformly, and a large one prefers the hardest.
    private static IEnumerable<TuneSetting> Sampling(SamplingOptions sampling) => sampling.Kind switch
    {
        SamplerKind.Proportional => Values("pipeline.sampling.proportional.alpha", sampling.Proportional.Alpha, [0, 0.6, 1.5], 0, 10),
        SamplerKind.Rank => Values("pipeline.sampling.rankAlpha", sampling.RankAlpha, [0, 0.7, 1.5], 0, 10),
        SamplerKind.Percentile => Values("pipeline.sampling.percentileBeta", sampling.PercentileBeta, [0, 1, 3], 0, 100),
        _ => [],
    };

    private static IEnumerable<TuneSetting> HalfLife(PoolOptions pool) => Values("pipeline.pool.halfLife", pool.HalfLife, [0, 20, 100], 0, 1e12);

    private static IEnumerable<TuneSetting> Values(string key, double present, double[] values, double min, double max) => values
        .Select(value => Math.Clamp(double.Parse(value.ToString(TwoDigits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), min, max))
        .Where(value => Math.Abs(value - present) > 0.05 * Math.Abs(present))
        .Distinct()
        .Select(value => TuneSetting.Of(key, present, value));
}
