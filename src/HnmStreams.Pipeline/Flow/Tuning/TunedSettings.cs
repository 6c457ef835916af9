using System.Globalization;

namespace HnmStreams.Pipeline.Flow.Tuning;

/// <summary>The settings that challengers vary while the stream runs.</summary>
/// <param name="LearningRate"><c>pipeline.training.learningRate</c>.</param>
/// <param name="WeightDecay"><c>pipeline.training.weightDecay</c>.</param>
/// <param name="HardShare"><c>pipeline.mix.hardShare</c>, before the reductions of the mining budget and the overfitting guard.</param>
/// <param name="PositiveShare"><c>pipeline.mix.positiveShare</c>.</param>
public sealed record TunedSettings(double LearningRate, double WeightDecay, double HardShare, double PositiveShare)
{
    internal const string LearningRateKey = "pipeline.training.learningRate";
    internal const string WeightDecayKey = "pipeline.training.weightDecay";
    internal const string HardShareKey = "pipeline.mix.hardShare";
    internal const string PositiveShareKey = "pipeline.mix.positiveShare";

    /// <summary>The keys of all settings that can be varied.</summary>
    public static IReadOnlyList<string> Keys { get; } = [LearningRateKey, WeightDecayKey, HardShareKey, PositiveShareKey];

    /// <summary>Returns the value of a setting.</summary>
    internal double ValueOf(string key) => key switch
    {
        LearningRateKey => LearningRate,
        WeightDecayKey => WeightDecay,
        HardShareKey => HardShare,
        PositiveShareKey => PositiveShare,
        _ => throw new ArgumentException($"The setting '{key}' is not varied.", nameof(key)),
    };

    /// <summary>Returns a copy with another value of one setting.</summary>
    internal TunedSettings With(string key, double value) => key switch
    {
        LearningRateKey => this with { LearningRate = value },
        WeightDecayKey => this with { WeightDecay = value },
        HardShareKey => this with { HardShare = value },
        PositiveShareKey => this with { PositiveShare = value },
        _ => throw new ArgumentException($"The setting '{key}' is not varied.", nameof(key)),
    };

    /// <summary>Returns the settings that differ, as <c>KEY=VALUE</c> separated by commas; empty if none differs.</summary>
    public string ChangesFrom(TunedSettings other) => string.Join(
        ", ",
        Keys.Where(key => ValueOf(key) != other.ValueOf(key)).Select(key => string.Create(CultureInfo.InvariantCulture, $"{key}={ValueOf(key):0.########}")));
}
