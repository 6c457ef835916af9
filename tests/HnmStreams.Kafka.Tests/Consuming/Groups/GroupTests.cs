using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Tests.Brokers;

namespace HnmStreams.Kafka.Tests.Consuming.Groups;

public sealed class GroupTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_stalled_reader_neither_loses_group_membership_nor_records()
    {
        using var stream = new EmbeddedStream(partitions: 2);
        await stream.WriteNumbersAsync(400, partitions: 2);
        await using var consumer = stream.Consumer(
            new ConsumingOptions { ChunkRecords = 10, ChannelChunks = 2, BlockBeforePause = TimeSpan.FromMilliseconds(300) },
            kafka: WithShortTimeouts(stream, "stalled"));
        consumer.Start();
        while (!consumer.Status.Paused)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);

        // A member of another group joins now and stops polling. When it is removed, this consumer would have been removed as well.
        await RemovedFromGroupAsync(stream);
        await stream.WriteNumbersAsync(100, partitions: 2, first: 400);
        Assert.True(consumer.Status.Paused);
        var received = await ReceivedRecord.ReadAsync(consumer, 500, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 500), received.Select(record => record.Number).Order());
        Assert.Equal(1, consumer.Status.Rebalances);
        Assert.Null(consumer.Status.LastError);
        Assert.Equal(0, consumer.Status.OffsetGaps);
    }

    [Fact(Timeout = 120_000)]
    public async Task Partitions_that_are_assigned_again_continue_at_their_position()
    {
        using var stream = new EmbeddedStream(partitions: 4);
        await stream.WriteNumbersAsync(200, partitions: 4);
        await using var first = stream.Consumer(kafka: WithShortTimeouts(stream, "shared"));
        first.Start();
        var received = await ReceivedRecord.ReadAsync(first, 200, TestContext.Current.CancellationToken);
        await first.WaitForEndAsync(TestContext.Current.CancellationToken);

        // The embedded cluster waits for the session timeout minus one second in every rebalance, so the timeout is short.
        await using (var second = stream.Consumer(kafka: WithShortTimeouts(stream, "shared")))
        {
            second.Start();
            // Nothing is committed, so it starts at the beginning: a record proves that it has partitions.
            await ReceivedRecord.ReadAsync(second, 1, TestContext.Current.CancellationToken);
            await second.StopAsync(new CancellationToken(canceled: true));
        }

        await stream.WriteNumbersAsync(200, partitions: 4, first: 200);
        received.AddRange(await ReceivedRecord.ReadAsync(first, 200, TestContext.Current.CancellationToken));

        Assert.Equal(Enumerable.Range(0, 400), received.Select(record => record.Number).Order());
        Assert.InRange(first.Status.Rebalances, 3, long.MaxValue);
    }

    private static KafkaOptions WithShortTimeouts(EmbeddedStream stream, string group)
    {
        var kafka = stream.Kafka(group);
        kafka.Consumer["max.poll.interval.ms"] = "3000";
        kafka.Consumer["session.timeout.ms"] = "3000";
        kafka.Consumer["heartbeat.interval.ms"] = "300";
        return kafka;
    }

    private static async Task RemovedFromGroupAsync(EmbeddedStream stream)
    {
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var idle = new ConsumerBuilder<Ignore, Ignore>(WithShortTimeouts(stream, "idle").Consumer
                .Append(new("bootstrap.servers", stream.Cluster.BootstrapServers))
                .Append(new("group.id", "idle")).Append(new("auto.offset.reset", "earliest")))
            .SetLogHandler((_, message) =>
            {
                if (message.Facility == "MAXPOLL")
                    removed.TrySetResult();
            })
            .Build();
        idle.Subscribe(EmbeddedStream.Topic);
        while (idle.Consume(100) is null)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await removed.Task.WaitAsync(TestContext.Current.CancellationToken);
    }
}
