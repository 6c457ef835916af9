namespace HnmStreams.Chaos.Soak;

/// <summary>The options of a soak test.</summary>
/// <param name="Length">The duration, including the warm-up.</param>
/// <param name="WarmUp">The time that is not evaluated, because pool, caches and compiled code still grow.</param>
/// <param name="Pool">The number of images in the pool of hard negatives.</param>
/// <param name="Hnm">The path of the service's executable.</param>
/// <param name="Work">The folder for state, logs, samples and the broker's data.</param>
/// <param name="Summary">The path of the JSON summary, or null.</param>
/// <param name="KafkaHome">The folder of an Apache Kafka to start, used if <paramref name="Bootstrap"/> is null.</param>
/// <param name="Bootstrap">The address of a running broker, or null.</param>
internal sealed record SoakOptions(
    TimeSpan Length, TimeSpan WarmUp, int Pool, ulong Seed, string Hnm, string Work, string? Summary, string? KafkaHome, string? Bootstrap);
