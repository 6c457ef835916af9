namespace HnmStreams.Chaos;

/// <summary>The options of a chaos run.</summary>
/// <param name="Kills">The number of times that the service is killed.</param>
/// <param name="BrokerRestarts">The number of times that the broker is stopped or killed.</param>
/// <param name="Rebalances">The number of times that another member joins the group and leaves it.</param>
/// <param name="TopicSwitches">The number of times that the service is killed and restarted with another topic in the same consumer group.</param>
/// <param name="AddedPartitions">The number of times that the service is killed, a partition is added to its topic, and the service is restarted.</param>
/// <param name="Examples">The number of examples that are produced.</param>
/// <param name="Hnm">The path of the service's executable.</param>
/// <param name="Work">The folder for state, logs and the broker's data.</param>
/// <param name="Summary">The path of the JSON summary, or null.</param>
/// <param name="KafkaHome">The folder of an Apache Kafka to start, used if <paramref name="Bootstrap"/> is null.</param>
/// <param name="Bootstrap">The address of a running broker, or null.</param>
internal sealed record ChaosOptions(
    int Kills, int BrokerRestarts, int Rebalances, int TopicSwitches, int AddedPartitions, int Examples, ulong Seed, string Hnm, string Work, string? Summary, string? KafkaHome, string? Bootstrap)
{
    /// <summary>True if labels come later, in separate records (<c>labels.mode</c>).</summary>
    public bool LabelsComeLater { get; init; }

    /// <summary>The number of events.</summary>
    public int Events => Kills + BrokerRestarts + Rebalances + TopicSwitches + AddedPartitions;
}
