using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Memory.Waiting.Joining;
using HnmStreams.Pipeline.Memory.Waiting.Storage;

namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>An id that a mini-batch touches.</summary>
internal record struct WaitingChange(ExampleKey Key)
{
    /// <summary>The record in the database.</summary>
    public WaitingRecord Before { get; set; }

    /// <summary>The record after the events so far.</summary>
    public WaitingRecord Record { get; set; }

    /// <summary>The row of the batch with the content of the input; -1 if the content is in the database.</summary>
    public int Row { get; set; } = -1;
}

/// <summary>The changes of a mini-batch: reads all records at once, collects what follows, reads the inputs that are needed at once, and writes once.</summary>
/// <remarks>One owner, one thread. Reused for each batch.</remarks>
internal sealed class WaitingTransaction(WaitingDatabase database) : IDisposable
{
    private readonly Dictionary<ExampleKey, int> _indices = [];
    private readonly List<WaitingChange> _changes = [];
    private readonly List<PendingResult> _pending = [];
    private readonly List<string> _topics = [];
    private readonly WaitingDatabase.WriteBatchWriter _writes = database.Batch();
    private byte[] _keys = [];

    public ref WaitingChange this[int index] => ref CollectionsMarshal.AsSpan(_changes)[index];

    public void Begin()
    {
        _indices.Clear();
        _changes.Clear();
        _pending.Clear();
    }

    /// <summary>Returns the index of an id among the changes, and adds it if it is new.</summary>
    public int Touch(ExampleKey key)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_indices, key, out var exists);
        if (!exists)
        {
            index = _changes.Count;
            _changes.Add(new WaitingChange(key));
        }

        return index;
    }

    /// <summary>Reads the records of all touched ids.</summary>
    public void Load()
    {
        var keys = Keys(_changes.Count * RecordCodec.KeyBytes);
        for (var i = 0; i < _changes.Count; i++)
            RecordCodec.WriteKey(keys[(i * RecordCodec.KeyBytes)..], _changes[i].Key);
        database.Read(WaitingTable.Records, keys, RecordCodec.KeyBytes, (i, value) =>
        {
            ref var change = ref this[i];
            change.Record = change.Before = RecordCodec.Read(value);
        });
    }

    /// <summary>Takes a decision.</summary>
    /// <param name="index">The index of the event; -1 without one.</param>
    /// <param name="row">The row of the batch with the input of the event; -1 without one.</param>
    /// <returns>True if the input of the event is now that of the record.</returns>
    public bool Take(ref WaitingChange change, in JoinDecision decision, int index, int row, bool isEviction)
    {
        var before = change.Record;
        var isNewInput = decision.Next.HasInput && decision.Next.Input.Sequence != before.Input.Sequence;
        if (isNewInput)
            change.Row = row;
        change.Record = decision.Next;
        if (KindOf(decision.Action) is { } kind)
            _pending.Add(new PendingResult(kind, index, change.Key, before, decision.Next, change.Row, isEviction));
        return isNewInput;
    }

    /// <summary>Appends the results and writes the changes.</summary>
    /// <param name="batch">The batch with the contents of new inputs; null if there are none.</param>
    public void Commit(WaitingBatch? batch, WaitingResults results)
    {
        Report(batch, results);
        var hasChanges = false;
        Span<byte> key = stackalloc byte[RecordCodec.KeyBytes];
        Span<byte> deadline = stackalloc byte[RecordCodec.DeadlineBytes];
        Span<byte> record = stackalloc byte[RecordCodec.RecordBytes];
        Span<byte> sequence = stackalloc byte[RecordCodec.SequenceBytes];
        // In the order of keys, neighbors are close to each other in RocksDB's write buffer.
        foreach (ref readonly var change in Sorted())
        {
            var (before, after) = (change.Before, change.Record);
            if (before == after)
                continue;
            hasChanges = true;
            RecordCodec.WriteKey(key, change.Key);
            if (before.State != WaitingState.Absent && (after.State == WaitingState.Absent || before.Deadline != after.Deadline))
            {
                RecordCodec.WriteDeadline(deadline, before.Deadline, change.Key);
                _writes.Delete(WaitingTable.Deadlines, deadline);
            }

            if (before.HasInput && before.Input.Sequence != after.Input.Sequence)
            {
                RecordCodec.WriteSequence(sequence, before.Input.Sequence);
                _writes.Delete(WaitingTable.Inputs, sequence);
            }

            if (after.State == WaitingState.Absent)
            {
                _writes.Delete(WaitingTable.Records, key);
                continue;
            }

            RecordCodec.Write(record, after);
            _writes.Put(WaitingTable.Records, key, record);
            if (before.State == WaitingState.Absent || before.Deadline != after.Deadline)
            {
                RecordCodec.WriteDeadline(deadline, after.Deadline, change.Key);
                _writes.Put(WaitingTable.Deadlines, deadline, default);
            }

            if (after.HasInput && before.Input.Sequence != after.Input.Sequence)
            {
                RecordCodec.WriteSequence(sequence, after.Input.Sequence);
                _writes.Put(WaitingTable.Inputs, sequence, batch!.Content(change.Row));
            }
        }

        if (hasChanges)
            _writes.Write();
    }

    public void Dispose() => _writes.Dispose();

    private static WaitingResultKind? KindOf(JoinAction action) => action switch
    {
        JoinAction.Joined => WaitingResultKind.Joined,
        JoinAction.Corrected => WaitingResultKind.Corrected,
        JoinAction.Confirmed => WaitingResultKind.Confirmed,
        JoinAction.Presumed => WaitingResultKind.Presumed,
        JoinAction.Dropped => WaitingResultKind.Dropped,
        JoinAction.LabelDropped => WaitingResultKind.LabelDropped,
        JoinAction.Removed => WaitingResultKind.Removed,
        _ => null,
    };

    private void Report(WaitingBatch? batch, WaitingResults results)
    {
        var stored = _pending.Where(p => p.IsStored).Select(p => p.After.Input.Sequence).ToArray();
        var keys = Keys(stored.Length * RecordCodec.SequenceBytes);
        for (var i = 0; i < stored.Length; i++)
            RecordCodec.WriteSequence(keys[(i * RecordCodec.SequenceBytes)..], stored[i]);
        var next = 0;
        // The values come in the order of the results. Those between them have their content in the batch.
        database.Read(WaitingTable.Inputs, keys, RecordCodec.SequenceBytes, (_, value) =>
        {
            ReportUntilStored(batch, results, ref next);
            _pending[next].AddTo(results, value, _topics);
            next++;
        });
        ReportUntilStored(batch, results, ref next);
        if (next < _pending.Count)
            throw database.Damaged($"the input {_pending[next].After.Input.Sequence} of {_pending[next].Key} is missing");
    }

    private void ReportUntilStored(WaitingBatch? batch, WaitingResults results, ref int next)
    {
        for (; next < _pending.Count && !_pending[next].IsStored; next++)
            _pending[next].AddTo(results, _pending[next].Row < 0 ? default : batch!.Content(_pending[next].Row), _topics);
    }

    private Span<WaitingChange> Sorted()
    {
        var changes = CollectionsMarshal.AsSpan(_changes);
        changes.Sort(static (a, b) => a.Key.Value.CompareTo(b.Key.Value));
        return changes;
    }

    private Span<byte> Keys(int bytes)
    {
        if (_keys.Length < bytes)
            _keys = new byte[Math.Max(bytes, 2 * _keys.Length)];
        return _keys.AsSpan(0, bytes);
    }
}
