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
/// Turns chunks of records into batches of examples: decodes, refuses to the dead letters, holds out, forgets, and
/// cuts whenever a batch is full. A function of the records alone; time plays no part here.
/// </summary>
/// <remarks>Single-threaded. O(bytes) a record.</remarks>
internal sealed class Batcher(
    IMiningTask task,
    ExampleDecoder decoder,
    IDeadLetterSink deadLetters,
    int size,
    HeldOutSplit heldOut,
    MiningBudget budget,
    BatcherState from,
    ExpectedOffsets expected,
    PoisonRecordBisection isolation,
    bool onePartition = false)
{
    private readonly Xoshiro256StarStar _generator = Xoshiro256StarStar.Restore(from.Generator);
    private ExampleBatch? _open;
    private long _cuts = from.Cuts;
    private bool _dropsIncomplete;

    /// <summary>The stream is interrupted, not at its end: the incomplete batch is left for whoever goes on, so that it is cut there as it would have been here. Any thread.</summary>
    public void DropIncomplete() => Volatile.Write(ref _dropsIncomplete, true);

    /// <summary>The last batch of a stream that has ended; null where there is none, or where it is to be left.</summary>
    public ExampleBatch? CutLast()
    {
        var last = Cut();
        if (!Volatile.Read(ref _dropsIncomplete))
            return last;
        last?.Dispose();
        return null;
    }

    /// <summary>Whether records wait in an incomplete batch.</summary>
    public bool HasOpenBatch => _open is not null;

    /// <summary>Takes in all records of <paramref name="chunk"/> and appends the batches that they fill to <paramref name="cut"/>.</summary>
    public void Take(RecordChunk chunk, Queue<ExampleBatch> cut)
    {
        foreach (ref readonly var record in chunk.AsSpan())
        {
            if (_open is null)
                isolation.Renew();
            var piece = isolation.PieceOf(record.Topic, record.Partition, record.Offset);
            if (_open is { Examples: > 0 } other && other.Piece != piece)
                cut.Enqueue(Cut()!);
            var batch = _open ??= new ExampleBatch(_cuts++, size);
            batch.Piece = piece;
            if (!expected.TakesIn(record.Topic, record.Partition, record.Offset))
            {
                batch.Repeats++;
                PipelineInstruments.Repeats.Add(1);
                continue;
            }

            if (onePartition && expected.Partitions > 1)
                throw new InvalidOperationException($"pipeline.mode is exact, which needs one partition, since the order between partitions is chance: {record.Topic} has {expected.Partitions} or more. Use a topic with one, or the mode live.");
            batch.Cover(record.Topic, record.Partition, record.Offset);
            TakeRecord(batch, chunk, record);
            if (batch.Examples >= size)
                cut.Enqueue(Cut()!);
        }
    }

    /// <summary>Ends the incomplete batch; null where there is none.</summary>
    public ExampleBatch? Cut()
    {
        var batch = _open;
        _open = null;
        if (batch is not null)
            batch.After = new BatcherState(_cuts, _generator.Save());
        return batch;
    }

    private void TakeRecord(ExampleBatch batch, RecordChunk chunk, in RawRecord record)
    {
        var key = chunk.Read(record.Key);
        if (isolation.DeathsBy(record.Topic, record.Partition, record.Offset) is var deaths and > 0)
        {
            Refuse(batch, chunk, record, new Refusal("kills-process", $"The process died {deaths} times with this record in native code, at last alone."));
            return;
        }

        if (record.OversizedLength > 0)
        {
            Refuse(batch, chunk, record, new Refusal("too-large", $"The value has {record.OversizedLength} bytes, more than wire.maxRecordBytes allows."));
            return;
        }

        if (record.Value.IsNull)
        {
            if (key.IsEmpty)
                Refuse(batch, chunk, record, new Refusal("missing-id", "A tombstone needs the id to forget as its key."));
            else
                batch.Tombstones.Add(new Tombstone(batch.Rows.Count, ExampleKey.Of(key.Span)));
            return;
        }

        var decoded = decoder.Decode(chunk.Read(record.Value), record.Format, key);
        if (decoded.Example is not { } example)
        {
            Refuse(batch, chunk, record, new Refusal(decoded.Reason ?? "malformed", decoded.Detail ?? "The value could not be read."));
            return;
        }

        TakeExample(batch, chunk, record, example);
    }

    private void TakeExample(ExampleBatch batch, RecordChunk chunk, in RawRecord record, Example example)
    {
        var key = ExampleKey.Of(example.Id);
        var held = heldOut.Contains(task, example, key);
        if (task.Encode(example, held ? batch.HeldOut : batch.Rows) is { } refusal)
        {
            Refuse(batch, chunk, record, refusal);
            return;
        }

        var time = example.EventTime ?? DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs);
        if (record.TraceParent.TraceId != default)
            batch.Follow(record.TraceParent, chunk.Trace);
        (held ? batch.HeldOutSources : batch.Sources).Add(new RowSource(key, example.Id, record.Origin, time, record.TraceParent));
        // Where all are scored no draw is made.
        if (!held && (budget.Scores(task.RoleOf(batch.Rows.Labels[^1]) == ExampleRole.Positive, _generator)))
            batch.ToScore.Add(batch.Rows.Count - 1);
    }

    private void Refuse(ExampleBatch batch, RecordChunk chunk, in RawRecord record, Refusal refusal)
    {
        batch.DeadLettered++;
        PipelineInstruments.DeadLettered.Add(1, new KeyValuePair<string, object?>("reason", refusal.Reason));
        deadLetters.Write(new DeadLetter(
            record.Origin,
            refusal.Reason,
            refusal.Detail,
            record.Key.IsNull ? null : chunk.Read(record.Key).ToArray(),
            record.Value.IsNull ? null : chunk.Read(record.Value).ToArray()));
    }
}
