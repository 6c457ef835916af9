using HnmStreams.Chaos.Networks;

namespace HnmStreams.Chaos.Cluster;

/// <summary>The options of a chaos run of a cluster.</summary>
/// <param name="Nodes">The number of score nodes.</param>
/// <param name="NodeKills">The number of times that a score node is killed.</param>
/// <param name="LearnerKills">The number of times that the learner is killed, so that its standby takes over.</param>
/// <param name="NodeFreezes">The number of times that a score node is stopped with SIGSTOP for longer than the session of its group, and continued.</param>
/// <param name="LearnerFreezes">The number of times that the learner is stopped with SIGSTOP until its standby has taken over, and continued: two processes then take themselves for the learner.</param>
/// <param name="BrokerRestarts">The number of times that the broker is stopped and restarted.</param>
/// <param name="Upgrades">The number of times that all processes are stopped and restarted, one after the other: score nodes, standby, learner.</param>
/// <param name="Examples">The number of examples that are produced.</param>
/// <param name="Hnm">The path of the service's executable.</param>
/// <param name="Work">The folder for state, logs and the broker's data.</param>
/// <param name="Summary">The path of the JSON summary, or null.</param>
/// <param name="KafkaHome">The folder of an Apache Kafka to start.</param>
internal sealed record ClusterChaosOptions(
    int Nodes, int NodeKills, int LearnerKills, int NodeFreezes, int LearnerFreezes, int BrokerRestarts, int Upgrades, int Examples, ulong Seed, string Hnm, string Work, string? Summary, string KafkaHome)
{
    /// <summary>The number of times that the network between two processes is split.</summary>
    public int Splits { get; init; }

    /// <summary>The conditions of the network between the processes; null runs all of them on loopback.</summary>
    public LinkConditions? Network { get; init; }

    /// <summary>The number of events.</summary>
    public int Events => NodeKills + LearnerKills + NodeFreezes + LearnerFreezes + BrokerRestarts + Upgrades + Splits;
}
