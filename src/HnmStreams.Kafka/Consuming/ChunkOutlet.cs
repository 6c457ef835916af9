using System.Diagnostics;
using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Telemetry;

namespace HnmStreams.Kafka.Consuming;

/// <summary>The loop's end of the bounded channel.</summary>
/// <remarks>The loop's thread writes; the reader is whoever holds <see cref="Reader"/>.</remarks>
internal sealed class ChunkOutlet(int chunks, TimeProvider time)
{
    private readonly Channel<RecordChunk> _channel = Channel.CreateBounded<RecordChunk>(new BoundedChannelOptions(chunks) { SingleWriter = true });

    private Task<bool>? _waiting;

    public ChannelReader<RecordChunk> Reader => _channel.Reader;

    public bool TryWrite(RecordChunk chunk) => _channel.Writer.TryWrite(chunk);

    /// <summary>Blocks until there may be room, for <paramref name="limit"/> at most; false when there is none yet.</summary>
    public bool WaitForRoom(TimeSpan limit, CancellationToken cancelled)
    {
        // One question at a time: each one asked anew would queue up in the channel for as long as it stays full.
        var waiting = _waiting is { IsCompleted: false } asked ? asked : _channel.Writer.WaitToWriteAsync(CancellationToken.None).AsTask();
        _waiting = waiting;
        if (waiting.IsCompleted)
            return waiting.GetAwaiter().GetResult();
        var started = time.GetTimestamp();
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancelled);
        try
        {
            // The loop's thread is its own and has nothing better to do.
            return waiting.WaitAsync(either.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            KafkaInstruments.Blocked.Add(time.GetElapsedTime(started).TotalSeconds);
        }
    }

    public void Complete(Exception? error) => _channel.Writer.TryComplete(error);

    /// <summary>One span for a chunk that carries sampled records: child of the first of their spans, linked to the others.</summary>
    public static Activity? StartSpan(string topic, int records, List<ActivityContext> parents)
    {
        if (parents.Count == 0 || !KafkaInstruments.Spans.HasListeners())
            return null;
        const int mostLinks = 128;
        var span = KafkaInstruments.Spans.StartActivity(
            "hnm.consume", ActivityKind.Consumer, parents[0], links: parents.Skip(1).Take(mostLinks).Select(parent => new ActivityLink(parent)));
        span?.SetTag("messaging.system", "kafka")
            .SetTag("messaging.operation.type", "receive")
            .SetTag("messaging.destination.name", topic)
            .SetTag("messaging.batch.message_count", records);
        return span;
    }
}
