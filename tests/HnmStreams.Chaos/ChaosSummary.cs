using System.Text.Json;
using System.Text.Json.Serialization;

namespace HnmStreams.Chaos;

/// <summary>What <c>--summary</c> writes.</summary>
/// <param name="Starts">Of the service.</param>
/// <param name="MedianRecoverySeconds">From a start of the service until it took records.</param>
internal sealed record ChaosSummary(
    ulong Seed,
    int Examples,
    int Kills,
    int BrokerRestarts,
    int Rebalances,
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
