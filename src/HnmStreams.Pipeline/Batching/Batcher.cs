using System.Diagnostics;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Batching;

/// <summary>
/// Turns chunks of records into batches of examples: decodes records, writes invalid ones to the dead letters, splits off held-out
/// examples, collects tombstones and ends a batch when it is full. The result depends on the records only, not on time.
/// </summary>
/// <param name="from">The state after the last batch that the learner's state contains.</param>
/// <param name="expected">The next offset of each partition; earlier offsets are duplicates.</param>
/// <param name="keepsOrder">True if labels come later: the batch then has the order of everything in it, and the time of the stream.</param>
/// <param name="onePartition">True to fail if a second partition appears, as exact mode requires.</param>
/// <remarks>
/// Single-threaded. O(bytes) per record. A chunk is decoded as its batches are requested, so that at most one batch is in memory beside
/// it. A record may carry many examples; a batch may end inside of it, see <see cref="PartialRecords"/>.
/// </remarks>
internal sealed partial class Batcher(
    IMiningTask task,
    IRecordDecoder decoder,
    IDeadLetterSink deadLetters,
    int size,
    HeldOutSplit heldOut,
    IScoredShare budget,
    BatcherState from,
    ExpectedOffsets expected,
    ISuspectedRecords suspects,
    bool onePartition = false,
    bool keepsOrder = false) : IDisposable
{
    private readonly Xoshiro256StarStar _generator = Xoshiro256StarStar.Restore(from.Generator);
    private readonly RecordRows? _rows = decoder.CreateRows();
    private readonly RowDeadLetters _rowLetters = new();
    private readonly PartialRecords _partials = new(from.Partials);
    private ExampleBatch? _open;
    private long _nextBatch = from.NextBatch;
    private bool _dropsIncomplete;
    private RecordChunk? _chunk;
    private int _nextRecord;

    // True while rows of the next record of the chunk are taken already.
    private bool _isInRecord;

    /// <summary>Discards the incomplete batch at the end of the stream. Called when the stream is interrupted rather than ended: the resumed run then forms the same batch as an uninterrupted one. Any thread.</summary>
    public void DropIncomplete() => Volatile.Write(ref _dropsIncomplete, true);

    /// <summary>Returns the last batch of a stream that has ended; null if none exists or if it is discarded.</summary>
    public ExampleBatch? EndLastBatch()
    {
        var last = EndBatch();
        if (!Volatile.Read(ref _dropsIncomplete))
            return last;
        last?.Dispose();
        return null;
    }

    /// <summary>True if there is an incomplete batch.</summary>
    public bool HasOpenBatch => _open is not null;

    /// <summary>True if the incomplete batch has examples that wait for their prediction.</summary>
    public bool IsPredictionAwaited => _open is { UnlabeledSources.Count: > 0 };

    /// <summary>Takes over a chunk, whose batches <see cref="Next"/> returns. The previous chunk must be exhausted.</summary>
    public void Load(RecordChunk chunk)
    {
        if (_chunk is not null)
            throw new InvalidOperationException("The previous chunk has records left.");
        (_chunk, _nextRecord) = (chunk, 0);
    }

    /// <summary>Returns the next full batch; null if all records of the chunk are taken. The chunk is then disposed, and the incomplete batch stays open.</summary>
    public ExampleBatch? Next()
    {
        while (_chunk is { } chunk)
        {
            if (_nextRecord == chunk.Count)
            {
                chunk.Dispose();
                _chunk = null;
                break;
            }

            ref readonly var record = ref chunk.AsSpan()[_nextRecord];
            if (_open is null)
                suspects.Renew();
            var suspectedRange = suspects.SuspectedRangeOf(record.Topic, record.Partition, record.Offset);
            // Also if it has no examples: the offsets of a batch from which a crash narrows the suspects must all be of its range.
            if (_open is { Spans.Count: > 0 } other && other.SuspectedRange != suspectedRange)
                return EndBatch();
            var batch = _open ??= new ExampleBatch(_nextBatch++, size);
            batch.SuspectedRange = suspectedRange;
            if (_isInRecord || Accept(batch, record))
            {
                batch.Cover(record.Topic, record.Partition, record.Offset);
                NoteTime(batch, record);
                AddRecord(batch, chunk, record);
            }

            if (!_isInRecord)
                _nextRecord++;
            if (batch.Items >= size)
                return EndBatch();
        }

        return null;
    }

    /// <summary>Ends and returns the incomplete batch; null if none exists.</summary>
    public ExampleBatch? EndBatch()
    {
        var batch = _open;
        _open = null;
        if (batch is null)
            return null;
        batch.After = new BatcherState(_nextBatch, _generator.Save()) { Partials = _partials.Save() };
        batch.Incomplete = _isInRecord ? _partials.Current : null;
        suspects.Ended(batch.Spans);
        return batch;
    }

    public void Dispose()
    {
        _chunk?.Dispose();
        _chunk = null;
        EndBatch()?.Dispose();
        _rows?.Dispose();
    }

    private bool Accept(ExampleBatch batch, in RawRecord record)
    {
        if (!expected.Accept(record.Topic, record.Partition, record.Offset))
        {
            batch.Duplicates++;
            return false;
        }

        if (onePartition && expected.Partitions > 1)
            throw new InvalidOperationException($"'pipeline.mode' is 'exact', which requires a topic with one partition because the order between partitions is not deterministic, but {record.Topic} has at least {expected.Partitions}. Use a topic with one partition or set 'pipeline.mode' to 'live'.");
        return true;
    }

    private void AddRecord(ExampleBatch batch, RecordChunk chunk, in RawRecord record)
    {
        if (_isInRecord)
        {
            AddRows(batch, chunk, record, _rows!);
            return;
        }

        // Taken rows of a record that is rejected as a whole now, because a limit has changed, stay in the state.
        var taken = _partials.TakenBefore(record.Origin);
        if (suspects.CrashesOf(record.Topic, record.Partition, record.Offset) is var crashes and > 0)
        {
            Reject(batch, chunk, record, new Rejection(RejectionReasons.KillsProcess, $"The process crashed {crashes} times with this record in native code, the last time with no other record."));
            return;
        }

        if (record.Unreadable is { } unreadable)
        {
            Reject(batch, chunk, record, new Rejection(RejectionReasons.Unreadable, $"The offsets {unreadable.First} to {unreadable.Last} could not be read: {unreadable.Error}"));
            return;
        }

        if (record.OversizedLength > 0)
        {
            Reject(batch, chunk, record, new Rejection(RejectionReasons.TooLarge, $"Key and value must each have at most consuming.maxRecordBytes bytes; {record.OversizedLength} bytes were not copied."));
            return;
        }

        if (_rows is not null && decoder.HasRows(chunk, record))
            OpenRows(batch, chunk, record, _rows, taken);
        else
            AddSingle(batch, chunk, record);
    }

    private void AddSingle(ExampleBatch batch, RecordChunk chunk, in RawRecord record)
    {
        var decoded = decoder.Decode(chunk, record);
        if (decoded.Deleted is { } deleted)
        {
            AddTombstone(batch, deleted);
            return;
        }

        if (decoded.Example is not { } example)
        {
            Reject(batch, chunk, record, new Rejection(decoded.Reason ?? RejectionReasons.Malformed, decoded.Detail ?? "The value could not be read."));
            return;
        }

        CountClipped(batch, decoded.IsWeightClipped);
        if (Take(batch, record, new ExampleView(example), ExampleKey.Of(example.Id), example.Id, default, record.TraceParent) is { } rejection)
            Reject(batch, chunk, record, rejection, example.Id);
    }

    private void OpenRows(ExampleBatch batch, RecordChunk chunk, in RawRecord record, RecordRows rows, int taken)
    {
        var value = chunk.Read(record.Value);
        if (rows.Open(value) is { } rejected)
        {
            Reject(batch, chunk, record, new Rejection(rejected.Reason!, rejected.Detail!));
            return;
        }

        rows.Skip(taken);
        _rowLetters.Begin(value.Length);
        AddRows(batch, chunk, record, rows);
    }

    /// <summary>Takes rows until the batch is full or the record ends.</summary>
    private void AddRows(ExampleBatch batch, RecordChunk chunk, in RawRecord record, RecordRows rows)
    {
        while (rows.Position < rows.Count && batch.Items < size)
        {
            var row = rows.Position;
            var result = rows.Read(out var example);
            switch (result.Kind)
            {
                case RowKind.Example:
                    CountClipped(batch, result.IsWeightClipped);
                    if (Take(batch, record, example, ExampleKey.Of(rows.Id), null, rows.Id, row == 0 ? record.TraceParent : default) is { } rejection)
                        Reject(batch, _rowLetters.Of(rows, record, row, rejection.Reason, rejection.Detail));
                    break;
                case RowKind.Tombstone:
                    AddTombstone(batch, ExampleKey.Of(rows.Id));
                    break;
                default:
                    Reject(batch, _rowLetters.Of(rows, record, row, result.Reason!, result.Detail!));
                    break;
            }
        }

        _isInRecord = rows.Position < rows.Count;
        _partials.Reached(record.Origin, _isInRecord ? rows.Position : 0);
    }

    /// <param name="trace">The record's trace. Of a record with many rows, the first row continues it.</param>
    private Rejection? Encode(ExampleBatch batch, in RawRecord record, in ExampleView example, ExampleKey key, string? id, ReadOnlySpan<byte> utf8Id, in ActivityContext trace)
    {
        var held = heldOut.Contains(task, example.Target, example.EventTime, key);
        if (task.Encode(example, held ? batch.HeldOut : batch.Rows) is { } rejection)
            return rejection;
        var source = new RowSource(key, id, record.Origin, EventTimeOf(example, record), trace);
        if (held)
            batch.HeldOutSources.Add(source);
        else if (id is null)
            batch.AddSource(source, utf8Id);
        else
            batch.Sources.Add(source);
        NoteArrival(batch, held ? ArrivalKind.HeldOut : ArrivalKind.Example, (held ? batch.HeldOut : batch.Rows).Count - 1);
        if (trace != default)
            batch.Traced.Add(new TracedRow(held, (held ? batch.HeldOut : batch.Rows).Count - 1));
        // No random number is drawn if all examples are scored.
        if (!held && budget.Scores(task.RoleOf(batch.Rows.Labels[^1]) == ExampleRole.Positive, _generator))
            batch.ToScore.Add(batch.Rows.Count - 1);
        return null;
    }

    private static void CountClipped(ExampleBatch batch, bool isClipped)
    {
        if (isClipped)
            batch.WeightsClipped++;
    }

    private void Reject(ExampleBatch batch, RecordChunk chunk, in RawRecord record, Rejection rejection, string? id = null) => Reject(batch, new DeadLetter(
        record.Origin,
        rejection.Reason,
        ControlCharacters.Escape(rejection.Detail),
        record.Key.IsNull ? null : chunk.Read(record.Key).ToArray(),
        record.Value.IsNull ? null : chunk.Read(record.Value).ToArray())
    {
        LastOffset = record.Unreadable?.Last,
        Id = id is null ? null : ControlCharacters.Escape(id),
        Headers = chunk.Read(record.Headers).ToArray(),
    });

    private void Reject(ExampleBatch batch, DeadLetter letter)
    {
        batch.DeadLettered++;
        PipelineInstruments.DeadLettered.Add(1, new KeyValuePair<string, object?>("reason", letter.Reason));
        deadLetters.Write(letter);
    }
}
