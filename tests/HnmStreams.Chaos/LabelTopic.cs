using Confluent.Kafka;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Chaos;

/// <summary>The content of a topic whose labels come later.</summary>
/// <param name="Inputs">The keys of all examples.</param>
/// <param name="Labeled">The keys of all examples with at least one label.</param>
/// <param name="Labels">The number of records with a label.</param>
internal sealed record LabelTopic(IReadOnlySet<string> Inputs, IReadOnlySet<string> Labeled, int Labels)
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Reads the topic from its beginning to its end, independently of the service.</summary>
    public static LabelTopic Read(string bootstrap, string topic, int partitions)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = $"reader-{Guid.NewGuid():n}",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var decoder = new ExampleDecoder(new WireLimits(), labels: LabelMode.Later);
        var (inputs, labeled) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var (labels, ended) = (0, 0);
        while (ended < partitions)
        {
            var result = consumer.Consume(BrokerTimeout) ?? throw new TimeoutException($"The topic {topic} could not be read to its end within {BrokerTimeout}.");
            if (result.IsPartitionEOF)
            {
                ended++;
                continue;
            }

            var example = decoder.Decode(result.Message.Value, WireFormat.Protobuf, result.Message.Key).Example!;
            var key = ExampleKey.Of(example.Id).ToString();
            labels += example.IsLabel ? 1 : 0;
            if (!(example.IsLabel ? labeled : inputs).Add(key) && !example.IsLabel)
                throw new InvalidOperationException($"The producer wrote {example.Id} twice to {topic}, so the result would be meaningless.");
        }

        consumer.Close();
        return new LabelTopic(inputs, labeled, labels);
    }
}
