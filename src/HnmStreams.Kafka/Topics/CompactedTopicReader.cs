using Confluent.Kafka;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;

namespace HnmStreams.Kafka.Topics;

/// <summary>A reader of the hard negatives that an earlier run published.</summary>
internal static class CompactedTopicReader
{
    /// <summary>Reads the topic once, from its beginning to its current end. O(records) time; memory for the published candidates only.</summary>
    /// <returns>The candidates whose newest record has a value. Records with other keys are ignored.</returns>
    /// <exception cref="KafkaException">The broker did not answer.</exception>
    public static HashSet<(string Id, int Region)> Read(KafkaOptions kafka, string topic, CancellationToken cancellation)
    {
        var published = new HashSet<(string, int)>();
        foreach (var found in WholeTopic.Read(kafka, topic, Presence.Instance, cancellation))
        {
            if (found.Message.Key is { } bytes && HardNegativeJson.TryReadKey(bytes, out var id, out var region))
                _ = found.Message.Value ? published.Add((id, region)) : published.Remove((id, region));
        }

        return published;
    }

    private sealed class Presence : IDeserializer<bool>
    {
        public static Presence Instance { get; } = new();

        public bool Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => !isNull;
    }
}
