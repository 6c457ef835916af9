using HnmStreams.Pipeline.Flow.Tuning;

namespace HnmStreams.Pipeline.Tuning;

/// <summary>The oracle that proposes challengers: neighbors of the champion that differ in one setting. Pure.</summary>
/// <param name="start">The settings that the run started with. Learning rates stay within a factor of <see cref="MaxRateFactor"/> of theirs.</param>
/// <param name="isFixed">Returns true for the key of a setting that is not varied.</param>
/// <param name="hasPositives">True if batches have a share of positives.</param>
internal sealed class SettingsOracle(TunedSettings start, Func<string, bool> isFixed, bool hasPositives)
{
    /// <summary>
    /// The bound of the learning rate. A trial is short, and short trials favor small rates (short-horizon bias, arXiv 1803.02021). The bound
    /// prevents that a chain of promotions ends the learning.
    /// </summary>
    public const double MaxRateFactor = 10;

    // A rate within a factor of 2 of the best one costs little, so smaller steps find little.
    private static readonly double[] RateFactors = [3, 1.0 / 3];
    private static readonly double[] Decays = [0, 1e-5, 1e-4, 1e-3, 1e-2];
    private static readonly double[] HardShares = [0, 0.25, 0.5, 0.75, 1];
    private static readonly double[] PositiveShares = [0.06, 0.12, 0.25, 0.5, 0.75];

    /// <summary>Returns the neighbors of a champion in the order in which they are tried: for each setting the next larger and smaller value, the most important settings first.</summary>
    public IReadOnlyList<TunedSettings> Neighbors(TunedSettings champion)
    {
        var rates = RateFactors
            .Select(factor => champion.LearningRate * factor)
            .Where(rate => rate <= start.LearningRate * MaxRateFactor && rate >= start.LearningRate / MaxRateFactor && rate is >= 1e-9 and <= 100);
        IEnumerable<(string Key, IEnumerable<double> Values)> all =
        [
            (TunedSettings.LearningRateKey, rates),
            (TunedSettings.HardShareKey, Beside(champion.HardShare, HardShares)),
            (TunedSettings.PositiveShareKey, hasPositives ? Beside(champion.PositiveShare, PositiveShares) : []),
            (TunedSettings.WeightDecayKey, Beside(champion.WeightDecay, Decays)),
        ];
        return [.. all.Where(setting => !isFixed(setting.Key)).SelectMany(setting => setting.Values.Select(value => champion.With(setting.Key, value)))];
    }

    /// <summary>Returns the next challenger; null if every setting is fixed.</summary>
    /// <param name="tried">The challengers of this champion so far, in order. Once all neighbors were tried, the oldest is proposed again: the stream may have changed.</param>
    /// <param name="running">The challengers that run at present.</param>
    public TunedSettings? Next(TunedSettings champion, IReadOnlyList<TunedSettings> tried, IReadOnlyCollection<TunedSettings> running) => Neighbors(champion)
        .Where(neighbor => !running.Contains(neighbor))
        .OrderBy(neighbor => LastIndexOf(tried, neighbor))
        .FirstOrDefault();

    // The next larger and the next smaller value of a scale.
    private static IEnumerable<double> Beside(double present, double[] scale) =>
        scale.Where(value => value > present * 1.05 && value > present).Take(1).Concat(scale.Where(value => value < present * 0.95).TakeLast(1));

    private static int LastIndexOf(IReadOnlyList<TunedSettings> tried, TunedSettings settings)
    {
        var index = tried.Count - 1;
        while (index >= 0 && tried[index] != settings)
            index--;
        return index;
    }
}
