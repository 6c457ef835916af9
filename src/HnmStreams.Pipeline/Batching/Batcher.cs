using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks;
using HnmStreams.Torch;

namespace HnmStreams.Pipeline.Batching;

/// <summary>
/// Turns chunks of records into batches of examples: decodes records, writes invalid ones to the dead letters, splits off held-out
/// examples, collects tombstones and ends a batch when it is full. The result depends on the records only, not on time.
/// </summary>
/// <param name="from">The state after the last batch that the learner's state contains.</param>
/// <param name="expected">The next offset of each partition; earlier offsets are duplicates.</param>
/// <param name="onePartition">True to fail if a second partition appears, as exact mode requires.</param>
/// <remarks>Single-threaded. O(bytes) per record.</remarks>
internal sealed class Batcher(
    IMiningTask task,
    IRecordDecoder decoder,
    IDeadLetterSink deadLetters,
    int size,
    HeldOutSplit heldOut,
    MiningBudget budget,
    BatcherState from,
    ExpectedOffsets expected,
    PoisonRecordBisection bisection,
    bool onePartition = false)
{
    private readonly Xoshiro256StarStar _generator = Xoshiro256StarStar.Restore(from.Generator);
    private ExampleBatch? _open;
    private long _nextBatch = from.NextBatch;
    private bool _dropsIncomplete;

    /// <summary>Discards the incomplete batch at the end of the stream. Called when the stream is interrupted rather than ended: the resumed run then forms the same batch as an uninterrupted one. Any thread.</summary>
    public void DropIncomplete() => Volatile.Write(ref _dropsIncomplete, true);

    /// <summary>Returns the last batch of a stream that has ended; null if none exists or if it is discarded.</summary>
    public ExampleBatch? CutLast()
    {
        var last = Cut();
        if (!Volatile.Read(ref _dropsIncomplete))
            return last;
        last?.Dispose();
        return null;
    }

    /// <summary>True if there is an incomplete batch.</summary>
    public bool HasOpenBatch => _open is not null;

    /// <summary>Processes all records of <paramref name="chunk"/> and appends the batches that they complete to <paramref name="full"/>.</summary>
    public void Take(RecordChunk chunk, Queue<ExampleBatch> full)
    {
        foreach (ref readonly var record in chunk.AsSpan())
        {
            if (_open is null)
                bisection.Renew();
            var piece = bisection.PieceOf(record.Topic, record.Partition, record.Offset);
            if (_open is { Examples: > 0 } other && other.Piece != piece)
                full.Enqueue(Cut()!);
            var batch = _open ??= new ExampleBatch(_nextBatch++, size);
            batch.Piece = piece;
            if (!expected.Accept(record.Topic, record.Partition, record.Offset))
            {
                batch.Duplicates++;
                continue;
            }

            if (onePartition && expected.Partitions > 1)
                throw new InvalidOperationException($"'pipeline.mode' is 'exact', which requires a topic with one partition because the order between partitions is not deterministic, but {record.Topic} has at least {expected.Partitions}. Use a topic with one partition or set 'pipeline.mode' to 'live'.");
            batch.Cover(record.Topic, record.Partition, record.Offset);
            TakeRecord(batch, chunk, record);
            if (batch.Examples >= size)
                full.Enqueue(Cut()!);
        }
    }

    /// <summary>Ends and returns the incomplete batch; null if none exists.</summary>
    public ExampleBatch? Cut()
    {
        var batch = _open;
        _open = null;
        if (batch is not null)
            batch.After = new BatcherState(_nextBatch, _generator.Save());
        return batch;
    }

    private void TakeRecord(ExampleBatch batch, RecordChunk chunk, in RawRecord record)
    {
        if (bisection.CrashesOf(record.Topic, record.Partition, record.Offset) is var crashes and > 0)
        {
            Refuse(batch, chunk, record, new Refusal("kills-process", $"The process crashed {crashes} times with this record in native code, the last time with no other record."));
            return;
        }

        if (record.Unreadable is { } unreadable)
        {
            Refuse(batch, chunk, record, new Refusal("unreadable", $"The offsets {unreadable.First} to {unreadable.Last} could not be read: {unreadable.Error}"));
            return;
        }

        if (record.OversizedLength > 0)
        {
            Refuse(batch, chunk, record, new Refusal("too-large", $"Key and value must each have at most consuming.maxRecordBytes bytes; {record.OversizedLength} bytes were not copied."));
            return;
        }

        var decoded = decoder.Decode(chunk, record);
        if (decoded.Deleted is { } deleted)
        {
            batch.Tombstones.Add(new Tombstone(batch.Rows.Count, deleted));
            return;
        }

        if (decoded.Example is not { } example)
        {
            Refuse(batch, chunk, record, new Refusal(decoded.Reason ?? "malformed", decoded.Detail ?? "The value could not be read."));
            return;
        }

        if (decoded.IsWeightClipped)
            batch.WeightsClipped++;

        TakeExample(batch, chunk, record, example);
    }

    private void TakeExample(ExampleBatch batch, RecordChunk chunk, in RawRecord record, Example example)
    {
        var key = ExampleKey.Of(example.Id);
        var held = heldOut.Contains(task, example, key);
        if (task.Encode(example, held ? batch.HeldOut : batch.Rows) is { } refusal)
        {
            Refuse(batch, chunk, record, refusal, example.Id);
            return;
        }

        var time = example.EventTime ?? DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs);
        if (record.TraceParent.TraceId != default)
            batch.Follow(record.TraceParent, chunk.Trace);
        (held ? batch.HeldOutSources : batch.Sources).Add(new RowSource(key, example.Id, record.Origin, time, record.TraceParent));
        // No random number is drawn if all examples are scored.
        if (!held && (budget.Scores(task.RoleOf(batch.Rows.Labels[^1]) == ExampleRole.Positive, _generator)))
            batch.ToScore.Add(batch.Rows.Count - 1);
    }

    private void Refuse(ExampleBatch batch, RecordChunk chunk, in RawRecord record, Refusal refusal, string? id = null)
    {
        batch.DeadLettered++;
        PipelineInstruments.DeadLettered.Add(1, new KeyValuePair<string, object?>("reason", refusal.Reason));
        deadLetters.Write(new DeadLetter(
            record.Origin,
            refusal.Reason,
            ControlCharacters.Escape(refusal.Detail),
            record.Key.IsNull ? null : chunk.Read(record.Key).ToArray(),
            record.Value.IsNull ? null : chunk.Read(record.Value).ToArray())
        {
            LastOffset = record.Unreadable?.Last,
            Id = id is null ? null : ControlCharacters.Escape(id),
        });
    }
}
