namespace HnmStreams.Chaos;

/// <summary>What is done to the service.</summary>
/// <param name="Hnm">The service's executable.</param>
/// <param name="Work">Folder for state, logs and the broker's data.</param>
internal sealed record ChaosOptions(
    int Kills, int BrokerRestarts, int Rebalances, int Examples, ulong Seed, string Hnm, string Work, string? Summary, string? KafkaHome, string? Bootstrap);
