namespace HnmStreams.Chaos.Soak;

/// <summary>How long the service runs at full speed, and on what.</summary>
/// <param name="Pool">Images in the pool of hard negatives.</param>
/// <param name="WarmUp">What is not judged, since pool, caches and compiled code still grow.</param>
/// <param name="Hnm">The service's executable.</param>
/// <param name="Work">Folder for state, logs, samples and the broker's data.</param>
internal sealed record SoakOptions(
    TimeSpan Length, TimeSpan WarmUp, int Pool, ulong Seed, string Hnm, string Work, string? Summary, string? KafkaHome, string? Bootstrap);
