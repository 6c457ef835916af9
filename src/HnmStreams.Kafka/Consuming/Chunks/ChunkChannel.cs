using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Telemetry;

namespace HnmStreams.Kafka.Consuming.Chunks;

/// <summary>The bounded channel from the consumer loop to the pipeline.</summary>
/// <remarks>Only the consumer thread writes. <see cref="Reader"/> has one reader, on any thread.</remarks>
internal sealed class ChunkChannel(int capacity, TimeProvider time)
{
    private readonly Channel<RecordChunk> _channel = Channel.CreateBounded<RecordChunk>(new BoundedChannelOptions(capacity) { SingleWriter = true });

    private Task<bool>? _pendingWait;

    public ChannelReader<RecordChunk> Reader => _channel.Reader;

    public bool TryWrite(RecordChunk chunk) => _channel.Writer.TryWrite(chunk);

    /// <summary>Blocks until the channel may have room, for at most <paramref name="timeout"/>. Returns false if there is no room yet.</summary>
    public bool WaitForRoom(TimeSpan timeout, CancellationToken cancellation)
    {
        // One wait is reused: every further one would be queued in the channel for as long as it stays full.
        var wait = _pendingWait is { IsCompleted: false } pending ? pending : _channel.Writer.WaitToWriteAsync(CancellationToken.None).AsTask();
        _pendingWait = wait;
        if (wait.IsCompleted)
            return wait.GetAwaiter().GetResult();
        var started = time.GetTimestamp();
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            // Blocking is fine: this thread runs only the consumer loop.
            return wait.WaitAsync(either.Token).GetAwaiter().GetResult();
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

    /// <summary>Completes the channel, with an error if the consumer failed. Later calls have no effect.</summary>
    public void Complete(Exception? error) => _channel.Writer.TryComplete(error);
}
