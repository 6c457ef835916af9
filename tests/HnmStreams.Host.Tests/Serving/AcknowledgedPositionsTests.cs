using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Host.Serving;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Offsets;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Host.Tests.Serving;

/// <summary>Tests of the commits of a served stream.</summary>
public sealed class AcknowledgedPositionsTests
{
    private const string Topic = "events";

    [Fact(Timeout = 120_000)]
    public async Task Positions_are_committed_only_after_predictions_and_dead_letters_are_acknowledged()
    {
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = [Topic] });
        var kafka = new KafkaOptions { BootstrapServers = cluster.BootstrapServers, Topic = Topic, GroupId = "serve" };
        var sink = new Sink();
        using var positions = new AcknowledgedPositions(sink, sink, NullLogger.Instance);
        await using var consumer = new RecordConsumer(kafka, new ConsumingOptions(), new StartPosition.Committed(new StartPosition.Earliest()), null, TimeProvider.System, NullLogger.Instance, positions);
        positions.Join(consumer);
        consumer.Start();
        while (!consumer.Status.Partitions.Any(p => p.IsAssigned))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);

        positions.Advance([new StreamPosition(Topic, 0, 5)]);
        positions.Advance([new StreamPosition(Topic, 0, 9)]);
        var commit = positions.CommitAsync(TestContext.Current.CancellationToken);
        // Written after the flush was requested, so that it is not part of this commit.
        positions.Advance([new StreamPosition(Topic, 0, 12)]);
        Assert.Equal(Offset.Unset, Committed(kafka));
        sink.DeadLetters.SetResult();
        Assert.False(commit.IsCompleted);
        Assert.Equal(Offset.Unset, Committed(kafka));
        sink.Predictions.SetResult();
        await commit;
        Assert.Equal(9, Committed(kafka).Value);

        await positions.BeforeRevokedAsync([0]);
        Assert.Equal(12, Committed(kafka).Value);
        // Nothing has advanced, so nothing is flushed and committed.
        var flushes = sink.Flushes;
        positions.Advance([new StreamPosition(Topic, 0, 12)]);
        await positions.CommitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(flushes, sink.Flushes);
    }

    private static Offset Committed(KafkaOptions kafka)
    {
        using var client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = kafka.GroupId }).Build();
        return client.Committed([new TopicPartition(Topic, 0)], TimeSpan.FromSeconds(30))[0].Offset;
    }

    private sealed class Sink : IPredictionSink, IDeadLetterSink
    {
        private int _flushes;

        public TaskCompletionSource DeadLetters { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Predictions { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Flushes => Volatile.Read(ref _flushes);

        public void Write(Prediction prediction) => throw new NotSupportedException();

        public void Write(DeadLetter letter) => throw new NotSupportedException();

        Task IPredictionSink.FlushAsync(CancellationToken cancellationToken) => FlushAsync(Predictions);

        Task IDeadLetterSink.FlushAsync(CancellationToken cancellationToken) => FlushAsync(DeadLetters);

        private Task FlushAsync(TaskCompletionSource acknowledged)
        {
            Interlocked.Increment(ref _flushes);
            return acknowledged.Task;
        }
    }
}
