using Confluent.Kafka;
using HnmStreams.Data.Examples;

namespace HnmStreams.Chaos;

/// <summary>The truth: what the topic holds, read by a plain consumer.</summary>
internal static class TopicReader
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(30);

    /// <returns>The keys of all examples; and records beyond one for an example, which would be the producer's fault.</returns>
    public static (HashSet<string> Keys, int Doubles) Read(string bootstrap, string topic, int partitions)
    {
        using var consumer = new ConsumerBuilder<string, Ignore>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = $"truth-{Guid.NewGuid():n}",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var (doubles, ended) = (0, 0);
        while (ended < partitions)
        {
            var result = consumer.Consume(BrokerTimeout) ?? throw new TimeoutException($"The topic {topic} could not be read to its end.");
            if (result.IsPartitionEOF)
                ended++;
            else if (!keys.Add(ExampleKey.Of(result.Message.Key).ToString()))
                doubles++;
        }

        consumer.Close();
        return (keys, doubles);
    }

    /// <summary>Joins a group as a stranger, waits until it has got partitions (or gives up), and leaves.</summary>
    public static bool JoinAndLeave(string bootstrap, string topic, string group, TimeSpan patience)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = group,
            EnableAutoCommit = false,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe(topic);
        var started = TimeProvider.System.GetTimestamp();
        var assigned = false;
        while (!assigned && TimeProvider.System.GetElapsedTime(started) < patience)
        {
            try
            {
                _ = consumer.Consume(TimeSpan.FromMilliseconds(100));
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                // A broker that comes back is asked again.
            }

            assigned = consumer.Assignment.Count > 0;
        }

        consumer.Close();
        return assigned;
    }
}
