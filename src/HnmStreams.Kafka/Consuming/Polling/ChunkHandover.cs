using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>
/// The handover of chunks to the channel, with back-pressure: a full channel first blocks the loop, then pauses all
/// partitions while the loop keeps polling, so that the group does not remove this member.
/// </summary>
/// <remarks>Consumer thread only.</remarks>
/// <param name="poll">Polls once without waiting.</param>
internal sealed partial class ChunkHandover(LoopContext context, RebalanceHandler rebalances, IConsumer<ByteRange, ByteRange> consumer, Action poll)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Hands over the current chunk, if it has records.</summary>
    /// <param name="stop">Ends the pause: from then on, the call only waits for the reader to make room.</param>
    /// <param name="abandon">Ends the wait for room: the chunk is dropped and not counted.</param>
    public void HandOver(CancellationToken stop, CancellationToken abandon)
    {
        var (count, oversized) = (context.Builder.Count, context.Builder.OversizedRecords);
        int[] traced = [.. context.Builder.Traced];
        if (context.Builder.Take() is not { } chunk)
            return;
        using var spans = ConsumeSpans.Start(context.Topic, chunk, traced);
        var bytes = chunk.Bytes;
        if (!context.Channel.TryWrite(chunk) && !WaitAndWrite(chunk, stop, abandon))
        {
            chunk.Dispose();
            return;
        }

        context.State.HandedOver(count, bytes, oversized);
    }

    /// <summary>Returns false if the chunk was abandoned.</summary>
    private bool WaitAndWrite(RecordChunk chunk, CancellationToken stop, CancellationToken abandon)
    {
        var channel = context.Channel;
        if (channel.WaitForRoom(context.Options.BlockBeforePause, stop) && channel.TryWrite(chunk))
            return true;
        var written = false;
        if (!stop.IsCancellationRequested)
        {
            Pause();
            while (!stop.IsCancellationRequested && !(written = channel.TryWrite(chunk)))
            {
                PollPaused();
                channel.WaitForRoom(PollInterval, stop);
            }

            Resume();
        }

        // During a stop the reader drains the channel: wait for it until the caller abandons the stop.
        while (!written && !abandon.IsCancellationRequested && !(written = channel.TryWrite(chunk)))
            channel.WaitForRoom(PollInterval, abandon);
        return written;
    }

    /// <summary>
    /// Keeps the member alive and serves rebalances, errors and commits. A record that was already fetched, or that comes
    /// from a partition assigned in this moment, joins the next chunk.
    /// </summary>
    private void PollPaused()
    {
        poll();
        if (rebalances.HasUnpausedPartitions)
            Pause();
        context.Commits.Process(consumer);
        context.Restarts.Process(consumer);
        context.State.Refresh(consumer);
    }

    private void Pause()
    {
        rebalances.HasUnpausedPartitions = false;
        consumer.Pause(consumer.Assignment);
        if (context.State.Paused)
            return;
        context.State.SetPaused(true);
        KafkaInstruments.Pauses.Add(1);
        LogPaused(context.Logger, context.Topic, context.Options.BlockBeforePause);
    }

    private void Resume()
    {
        consumer.Resume(consumer.Assignment);
        context.State.SetPaused(false);
        LogResumed(context.Logger, context.Topic);
    }

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message = "The consumer of {Topic} is paused, because no chunk was taken for {Blocked}. It stays in its group.")]
    private static partial void LogPaused(ILogger logger, string topic, TimeSpan blocked);

    [LoggerMessage(EventId = 123, Level = LogLevel.Information, Message = "The consumer of {Topic} has resumed.")]
    private static partial void LogResumed(ILogger logger, string topic);
}
