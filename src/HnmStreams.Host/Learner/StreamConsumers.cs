using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Host.Learner;

/// <summary>
/// The consumers of a run: that of the topic of examples, and that of <c>kafka.labelsTopic</c> if it is set, which has a separate group. Their
/// chunks are one stream, in the order of arrival. A checkpoint has the positions of both topics.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class StreamConsumers : IAsyncDisposable
{
    private readonly RecordConsumer? _labels;
    private readonly string? _labelsTopic;
    private readonly Channel<RecordChunk>? _merged;
    private Task _merging = Task.CompletedTask;

    /// <param name="rebalances">Told of the rebalances of the groups, or null.</param>
    public StreamConsumers(KafkaOptions kafka, ConsumingOptions options, StartPosition from, IPositionLedger ledger, TimeProvider time, ILogger logger, IRebalanceListener? rebalances)
    {
        Examples = new RecordConsumer(kafka, options, from, ledger, time, logger, rebalances);
        if (kafka.ForLabels() is not { } labels)
            return;
        _labels = new RecordConsumer(labels, options, from, ledger, time, logger, rebalances);
        _labelsTopic = labels.Topic;
        _merged = Channel.CreateBounded<RecordChunk>(new BoundedChannelOptions(1) { SingleReader = true });
    }

    /// <summary>The consumer of the topic of examples.</summary>
    public RecordConsumer Examples { get; }

    /// <summary>The chunks of all topics.</summary>
    public ChannelReader<RecordChunk> Chunks => _merged?.Reader ?? Examples.Chunks;

    /// <summary>The status of the consumer of examples.</summary>
    public ConsumerStatus Status => Examples.Status;

    public void Start()
    {
        Examples.Start();
        if (_labels is null)
            return;
        _labels.Start();
        _merging = MergeAsync(_labels, _merged!.Writer);
    }

    /// <summary>Stops polling, and hands over what was read. The members stay in their groups.</summary>
    public Task DrainAsync(CancellationToken cancellation) => Task.WhenAll(All.Select(consumer => consumer.DrainAsync(cancellation)));

    /// <summary>Waits until all topics are read to their ends.</summary>
    public Task WaitForEndAsync(CancellationToken cancellation) => Task.WhenAll(All.Select(consumer => consumer.WaitForEndAsync(cancellation)));

    /// <summary>Commits durable positions, each in the group of its topic.</summary>
    public Task CommitAsync(IReadOnlyList<StreamPosition> positions, CancellationToken cancellation) => _labels is null
        ? Examples.CommitAsync(positions, cancellation)
        : Task.WhenAll(
            Examples.CommitAsync([.. positions.Where(p => !IsOfLabels(p.Topic))], cancellation),
            _labels.CommitAsync([.. positions.Where(p => IsOfLabels(p.Topic))], cancellation));

    /// <summary>Returns the start offsets of partitions that have no position yet.</summary>
    /// <param name="topic">The topic of examples.</param>
    public IEnumerable<StreamPosition> Starts(string topic) =>
        [.. Examples.Starts.Select(s => new StreamPosition(topic, s.Key, s.Value)), .. _labels?.Starts.Select(s => new StreamPosition(_labelsTopic!, s.Key, s.Value)) ?? []];

    public bool IsOfLabels(string topic) => string.Equals(topic, _labelsTopic, StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        // Ends a pass that waits for room.
        _merged?.Writer.TryComplete();
        await Examples.DisposeAsync();
        if (_labels is not null)
            await _labels.DisposeAsync();
        while (_merged?.Reader.TryRead(out var chunk) == true)
            chunk.Dispose();
        await _merging;
    }

    private IEnumerable<RecordConsumer> All => _labels is null ? [Examples] : [Examples, _labels];

    private async Task MergeAsync(RecordConsumer labels, ChannelWriter<RecordChunk> into)
    {
        try
        {
            await foreach (var ended in Task.WhenEach(PassAsync(Examples.Chunks, into), PassAsync(labels.Chunks, into)))
                await ended;
            into.TryComplete();
        }
#pragma warning disable CA1031 // Every failure of a consumer must reach the learner.
        catch (Exception e)
#pragma warning restore CA1031
        {
            into.TryComplete(e);
        }
    }

    private static async Task PassAsync(ChannelReader<RecordChunk> from, ChannelWriter<RecordChunk> into)
    {
        await foreach (var chunk in from.ReadAllAsync())
        {
            try
            {
                await into.WriteAsync(chunk);
            }
            catch
            {
                chunk.Dispose();
                throw;
            }
        }
    }
}
