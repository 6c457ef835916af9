using System.Text.Json;
using System.Text.Json.Serialization;

namespace HnmStreams.Chaos;

/// <summary>The content of the file that <c>--summary</c> names.</summary>
/// <param name="Starts">The number of starts of the service.</param>
/// <param name="MedianRecoverySeconds">The median time from a start of the service until it has read records.</param>
/// <param name="Seconds">The duration of the run.</param>
internal sealed record ChaosSummary(
    ulong Seed,
    int Examples,
    int Kills,
    int BrokerRestarts,
    int Rebalances,
    int TopicSwitches,
    int AddedPartitions,
    int InTopic,
    int Accounted,
    int Lost,
    int Repeated,
    int Foreign,
    int Starts,
    double MedianRecoverySeconds,
    double WorstRecoverySeconds,
    double Seconds)
{
    /// <summary>With labels that come later: the number of examples with a prediction. <see cref="Lost"/> and <see cref="Repeated"/> then count examples without a prediction, and predictions beyond the first.</summary>
    public int? Predicted { get; init; }

    /// <summary>With labels that come later: the number of examples with a label.</summary>
    public int? Labeled { get; init; }

    /// <summary>With labels that come later: the number of examples that were joined with their label.</summary>
    public int? Joined { get; init; }

    /// <summary>With labels that come later: the number of examples that were joined more than once.</summary>
    public int? JoinedTwice { get; init; }

    /// <summary>With labels that come later: the number of examples with a label that were not joined.</summary>
    public int? Unjoined { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, ChaosJson.Default.ChaosSummary);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChaosSummary))]
internal sealed partial class ChaosJson : JsonSerializerContext;
