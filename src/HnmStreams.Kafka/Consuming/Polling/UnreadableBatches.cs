using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Consuming.Status;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>
/// The reaction to batches that the client cannot read, for example because it cannot decompress them. librdkafka repeats the
/// error for such a batch without end. After <see cref="Clients.ConsumingOptions.UnreadableAttempts"/> identical errors the batch is skipped:
/// a record that marks its offsets is added to the chunk, and reading continues behind it.
/// </summary>
/// <remarks>
/// Consumer thread only. While the end of a batch is searched, the partition's records are results of the search and are
/// dropped; afterward the partition is read from the offset that was found. Other partitions are read meanwhile.
/// </remarks>
internal sealed partial class UnreadableBatches(LoopContext context, RebalanceHandler rebalances, IConsumer<ByteRange, ByteRange> consumer)
{
    private readonly Dictionary<int, Batch> _batches = [];

    /// <summary>Counts an error of a partition, and continues the search if there is one.</summary>
    public void OnError(ConsumeException error)
    {
        if (!ConcernsBatch(error.Error.Code) || error.ConsumerRecord is not { } at || rebalances.IsForeign)
            return;
        var (partition, offset) = (at.Partition.Value, at.Offset.Value);
        if (StartOver(partition) || offset < 0 || !context.State.Positions.IsAssigned(partition))
            return;
        if (!_batches.TryGetValue(partition, out var batch) || (batch.Search is null && batch.BaseOffset != offset))
            batch = Add(partition, offset, error.Error);
        if (batch.Search is null)
        {
            if (++batch.Errors >= context.Options.UnreadableAttempts)
                StartSearch(partition, batch);
        }
        else if (offset > batch.BaseOffset && ReportsBaseOffset(error.Error.Code))
        {
            // The error belongs to a later batch.
            batch.Search.MarkReadable();
            Continue(partition, batch);
        }
        else
        {
            batch.Search.MarkUnreadable();
            Continue(partition, batch);
        }
    }

    /// <summary>Notes a record or the end of a partition.</summary>
    /// <returns>True if it is a result of the search and must be dropped.</returns>
    public bool OnRead(int partition)
    {
        if (_batches.Count == 0)
            return false;
        if (StartOver(partition))
            return true;
        if (!_batches.TryGetValue(partition, out var batch))
            return false;
        if (batch.Search is null)
        {
            // The error was temporary.
            Remove(partition);
            return false;
        }

        batch.Search.MarkReadable();
        Continue(partition, batch);
        return true;
    }

    /// <summary>Abandons all searches after a rebalance: the position of a partition may have changed, so that a result no longer belongs to its probe.</summary>
    /// <returns>True if the end of a batch of <paramref name="partition"/> was being searched.</returns>
    public bool StartOver(int partition = -1)
    {
        if (_batches.Count == 0 || !rebalances.HasChanged)
            return false;
        var wasSearching = _batches.GetValueOrDefault(partition)?.Search is not null;
        foreach (var (number, batch) in _batches.ToList())
        {
            if (batch.Search is { } search && context.State.Positions.IsAssigned(number))
                Seek(number, search.First);
            Remove(number);
        }

        return wasSearching;
    }

    /// <summary>Returns true for errors that librdkafka reports for the content of a batch. They recur at each fetch of its offset.</summary>
    private static bool ConcernsBatch(ErrorCode code) => code is ErrorCode.Local_BadCompression or ErrorCode.Local_BadMsg
        or ErrorCode.Local_NotImplemented or ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsg;

    /// <summary>Returns true if the error contains the first offset of the batch, rather than the offset of the fetch.</summary>
    private static bool ReportsBaseOffset(ErrorCode code) => code is not (ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsg);

    private Batch Add(int partition, long offset, Error error)
    {
        var first = Math.Max(offset, context.State.Positions.Next(partition) ?? 0);
        context.State.Positions.LeaveEnd(partition);
        context.State.SetStuck(new StuckPartition(partition, first, context.Time.GetUtcNow(), error.Code.ToString(), error.Reason));
        return _batches[partition] = new Batch(offset, first, error);
    }

    private void Remove(int partition)
    {
        _batches.Remove(partition);
        context.State.ClearStuck(partition);
    }

    private void StartSearch(int partition, Batch batch)
    {
        // Without an end offset a probe could be out of range, which would reset the position. The fetch that failed has provided it.
        var end = consumer.GetWatermarkOffsets(new TopicPartition(context.Topic, partition)).High.Value;
        if (end <= batch.First)
            return;
        batch.Search = new ReadableOffsetSearch(batch.First, end);
        Continue(partition, batch);
    }

    private void Continue(int partition, Batch batch)
    {
        var search = batch.Search!;
        Seek(partition, search.Probe);
        if (!search.IsFinished)
            return;
        var unreadable = new UnreadableOffsets(batch.First, search.Probe - 1, batch.Error.Reason);
        context.Builder.Add(partition, unreadable);
        context.State.SkipUnreadable(partition, unreadable);
        Remove(partition);
        LogSkipped(context.Logger, context.Topic, partition, unreadable.First, unreadable.Last, batch.Error.Code, batch.Errors, batch.Error.Reason);
    }

    private void Seek(int partition, long offset) => consumer.Seek(new TopicPartitionOffset(context.Topic, partition, offset));

    [LoggerMessage(EventId = 129, Level = LogLevel.Error, Message = "Offsets {First} to {Last} of {Topic}[{Partition}] are skipped, because they could not be read in {Attempts} attempts ({Code}: {Text}). Their position becomes a dead letter.")]
    private static partial void LogSkipped(ILogger logger, string topic, int partition, long first, long last, ErrorCode code, int attempts, string text);

    /// <param name="BaseOffset">The first offset of the batch, as the client reports it.</param>
    /// <param name="First">The first offset that is missing: the position may be inside the batch.</param>
    private sealed record Batch(long BaseOffset, long First, Error Error)
    {
        public int Errors { get; set; }

        /// <summary>The search for the end of the batch, or null while errors are counted.</summary>
        public ReadableOffsetSearch? Search { get; set; }
    }
}
