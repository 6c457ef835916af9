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
    public string ToJson() => JsonSerializer.Serialize(this, ChaosJson.Default.ChaosSummary);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ChaosSummary))]
internal sealed partial class ChaosJson : JsonSerializerContext;
