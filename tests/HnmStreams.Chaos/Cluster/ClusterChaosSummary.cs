using System.Text.Json;
using System.Text.Json.Serialization;

namespace HnmStreams.Chaos.Cluster;

/// <summary>The content of the file that <c>--summary</c> names, for a cluster.</summary>
/// <param name="Starts">The number of starts of all processes.</param>
/// <param name="MedianTakeoverSeconds">The median time from a kill of the learner until another one has taken in examples.</param>
/// <param name="RejectedBatches">The number of batches that the last learner did not admit, so that they were read again.</param>
/// <param name="Seconds">The duration of the run.</param>
internal sealed record ClusterChaosSummary(
    ulong Seed,
    int Examples,
    int Nodes,
    int NodeKills,
    int LearnerKills,
    int NodeFreezes,
    int LearnerFreezes,
    int BrokerRestarts,
    int RollingRestarts,
    int InTopic,
    int Accounted,
    int Lost,
    int Repeated,
    int Foreign,
    int Starts,
    double MedianTakeoverSeconds,
    double WorstTakeoverSeconds,
    long RejectedBatches,
    double Seconds)
{
    public string ToJson() => JsonSerializer.Serialize(this, ClusterChaosJson.Default.ClusterChaosSummary);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ClusterChaosSummary))]
internal sealed partial class ClusterChaosJson : JsonSerializerContext;
