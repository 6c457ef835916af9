using Confluent.Kafka;
using HnmStreams.Data.Examples;

namespace HnmStreams.Chaos;

/// <summary>A plain consumer that reads the topic independently of the service.</summary>
internal static class TopicReader
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Returns the keys of all examples, and the number of duplicate records. A duplicate would be an error of the producer.</summary>
    public static (HashSet<string> Keys, int Duplicates) Read(string bootstrap, string topic, int partitions)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var duplicates = Messages(bootstrap, topic, partitions).Count(message => !keys.Add(ExampleKey.Of(message.Key).ToString()));
        return (keys, duplicates);
    }

    /// <summary>Reads the topic from its beginning to its end.</summary>
    /// <exception cref="TimeoutException">The end was not reached.</exception>
    public static IEnumerable<Message<byte[], byte[]>> Messages(string bootstrap, string topic, int partitions)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = $"reader-{Guid.NewGuid():n}",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        for (var ended = 0; ended < partitions;)
        {
            var result = consumer.Consume(BrokerTimeout) ?? throw new TimeoutException($"The topic {topic} could not be read to its end within {BrokerTimeout}.");
            if (result.IsPartitionEOF)
                ended++;
            else
                yield return result.Message;
        }

        consumer.Close();
    }

    /// <summary>Joins a group, waits for partitions and leaves. Returns false if none were assigned within the timeout.</summary>
    public static bool JoinAndLeave(string bootstrap, string topic, string group, TimeSpan timeout)
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
        while (!assigned && TimeProvider.System.GetElapsedTime(started) < timeout)
        {
            try
            {
                _ = consumer.Consume(TimeSpan.FromMilliseconds(100));
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                // The broker is restarting: poll again.
            }

            assigned = consumer.Assignment.Count > 0;
        }

        consumer.Close();
        return assigned;
    }
}
