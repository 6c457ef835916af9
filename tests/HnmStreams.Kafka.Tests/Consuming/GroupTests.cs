using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Tests.Brokers;

namespace HnmStreams.Kafka.Tests.Consuming;

public sealed class GroupTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_stalled_reader_costs_neither_the_place_in_the_group_nor_a_record()
    {
        using var stream = new EmbeddedStream(partitions: 2);
        await stream.WriteNumbersAsync(400, partitions: 2);
        await using var consumer = stream.Consumer(
            new ConsumingOptions { ChunkRecords = 10, ChannelChunks = 2, BlockBeforePause = TimeSpan.FromMilliseconds(300) },
            kafka: Impatient(stream, "stalled"));
        consumer.Start();
        while (!consumer.Status.Paused)
            await consumer.NextAdvance.WaitAsync(TestContext.Current.CancellationToken);

        // Another member, of another group, that joins now and polls no more: when it is thrown out, ours would have been.
        await ThrownOutAsync(stream);
        await stream.WriteNumbersAsync(100, partitions: 2, first: 400);
        Assert.True(consumer.Status.Paused);
        var kept = await Kept.AtLeastAsync(consumer, 500, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 500), kept.Select(record => record.Number).Order());
        Assert.Equal(1, consumer.Status.Rebalances);
        Assert.Null(consumer.Status.LastError);
        Assert.Equal(0, consumer.Status.OffsetGaps);
    }

    [Fact(Timeout = 120_000)]
    public async Task Partitions_that_come_back_go_on_where_they_were_left()
    {
        using var stream = new EmbeddedStream(partitions: 4);
        await stream.WriteNumbersAsync(200, partitions: 4);
        await using var first = stream.Consumer(kafka: Impatient(stream, "shared"));
        first.Start();
        var kept = await Kept.AtLeastAsync(first, 200, TestContext.Current.CancellationToken);
        await first.WaitForEndAsync(TestContext.Current.CancellationToken);

        // The embedded cluster holds every rebalance open for the session's timeout less a second: a short one here.
        await using (var second = stream.Consumer(kafka: Impatient(stream, "shared")))
        {
            second.Start();
            // It starts at the beginning of what it got, since nothing is committed: that shows that it got something.
            await Kept.AtLeastAsync(second, 1, TestContext.Current.CancellationToken);
            await second.StopAsync(new CancellationToken(canceled: true));
        }

        await stream.WriteNumbersAsync(200, partitions: 4, first: 200);
        kept.AddRange(await Kept.AtLeastAsync(first, 200, TestContext.Current.CancellationToken));

        Assert.Equal(Enumerable.Range(0, 400), kept.Select(record => record.Number).Order());
        Assert.InRange(first.Status.Rebalances, 3, long.MaxValue);
    }

    private static KafkaOptions Impatient(EmbeddedStream stream, string group)
    {
        var kafka = stream.Kafka(group);
        kafka.Consumer["max.poll.interval.ms"] = "3000";
        kafka.Consumer["session.timeout.ms"] = "3000";
        kafka.Consumer["heartbeat.interval.ms"] = "300";
        return kafka;
    }

    private static async Task ThrownOutAsync(EmbeddedStream stream)
    {
        var thrownOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var idle = new ConsumerBuilder<Ignore, Ignore>(Impatient(stream, "idle").Consumer
                .Append(new("bootstrap.servers", stream.Cluster.BootstrapServers))
                .Append(new("group.id", "idle")).Append(new("auto.offset.reset", "earliest")))
            .SetLogHandler((_, message) =>
            {
                if (message.Facility == "MAXPOLL")
                    thrownOut.TrySetResult();
            })
            .Build();
        idle.Subscribe(EmbeddedStream.Topic);
        while (idle.Consume(100) is null)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await thrownOut.Task.WaitAsync(TestContext.Current.CancellationToken);
    }
}
