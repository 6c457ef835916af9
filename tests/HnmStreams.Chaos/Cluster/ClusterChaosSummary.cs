using System.Text.Json;
using System.Text.Json.Serialization;

namespace HnmStreams.Chaos.Cluster;

/// <summary>The content of the file that <c>--summary</c> names, for a cluster.</summary>
/// <param name="Namespaces">True if each process ran in its own network namespace.</param>
/// <param name="Starts">The number of starts of all processes.</param>
/// <param name="MedianTakeoverSeconds">The median time from a kill of the learner until another one has taken in examples.</param>
/// <param name="MedianFlowSeconds">The median time from a kill of a score node until the learner has taken in later examples of every partition.</param>
/// <param name="MedianHealSeconds">The median time from the end of a split until the learner has taken in later examples of every partition.</param>
/// <param name="RejectedBatches">The number of batches that the last learner did not admit, so that they were read again.</param>
/// <param name="DroppedPackets">The number of frames that the network dropped, in splits and by <c>--loss</c>.</param>
/// <param name="Seconds">The duration of the run.</param>
internal sealed record ClusterChaosSummary(
    ulong Seed,
    int Examples,
    int Nodes,
    bool Namespaces,
    int NodeKills,
    int LearnerKills,
    int NodeFreezes,
    int LearnerFreezes,
    int Splits,
    int BrokerRestarts,
    int Upgrades,
    int InTopic,
    int Accounted,
    int Lost,
    int Repeated,
    int Foreign,
    int Starts,
    double MedianTakeoverSeconds,
    double WorstTakeoverSeconds,
    double MedianFlowSeconds,
    double WorstFlowSeconds,
    double MedianHealSeconds,
    double WorstHealSeconds,
    long RejectedBatches,
    long DroppedPackets,
    double Seconds)
{
    public string ToJson() => JsonSerializer.Serialize(this, ClusterChaosJson.Default.ClusterChaosSummary);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ClusterChaosSummary))]
internal sealed partial class ClusterChaosJson : JsonSerializerContext;
