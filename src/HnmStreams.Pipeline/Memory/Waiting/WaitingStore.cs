using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Memory.Waiting.Joining;
using HnmStreams.Pipeline.Memory.Waiting.Storage;

namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>A reader of a stored input, which is valid during the call.</summary>
internal delegate void WaitingInputReader(StoredInput input);

/// <summary>
/// The store in which inputs wait for their labels, and labels for their inputs. It is on disk (RocksDB), so that memory does not bound it, and
/// is part of the checkpoint by hard links.
/// </summary>
/// <remarks>
/// Owned by the joining stage: one thread, no locks. <see cref="JoinRule"/> decides; this reads and writes. A mini-batch takes two batched
/// reads and one write, O(events · log n). Bounded by count, bytes and time; what leaves is counted.
/// </remarks>
internal sealed class WaitingStore : IDisposable
{
    private const int EvictionChunk = 256;

    private readonly WaitingOptions _options;
    private readonly JoinRule _rule;
    private readonly WaitingFolder _folder;
    private readonly WaitingDatabase _database;
    private readonly WaitingCounters _counters = new();
    private readonly WaitingTransaction _transaction;
    private readonly List<ExampleKey> _due = [];
    private readonly List<string> _topics = [];

    // No record has an earlier deadline. Scans start here, past the entries that were deleted.
    private long _earliest;

    private WaitingStore(string root, WaitingOptions options, int negativeClass, LoadedCheckpoint? from)
    {
        _options = options;
        _rule = new JoinRule(options.Timeout.Ticks, options.Corrections.Ticks, options.WhenNoLabel == NoLabelPolicy.PresumeNegative, negativeClass);
        _folder = new WaitingFolder(root);
        try
        {
            if (from is not null)
            {
                _folder.Restore(from);
                _counters.Restore(from.OpenState(WaitingCapture.CountersPart));
            }

            _database = WaitingDatabase.Open(_folder.Database, options.CacheBytes, options.WriteBufferBytes);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }

        _transaction = new WaitingTransaction(_database);
    }

    /// <summary>A copy of the present numbers and counters.</summary>
    public WaitingStatus Status => _counters.ToStatus();

    /// <summary>Creates an empty store.</summary>
    /// <param name="root">The checkpoint folder.</param>
    /// <param name="negativeClass">The class of a presumed negative.</param>
    /// <exception cref="WaitingStoreException">The disk cannot be used.</exception>
    public static WaitingStore Create(string root, WaitingOptions options, int negativeClass) => new(root, options, negativeClass, null);

    /// <summary>Opens the store of a checkpoint; an empty one if the checkpoint has none. The checkpoint stays as it is.</summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="InvalidDataException">The checkpoint is not that of such a store.</exception>
    public static WaitingStore Restore(string root, WaitingOptions options, int negativeClass, LoadedCheckpoint from) =>
        new(root, options, negativeClass, from.Has(WaitingCapture.CountersPart) ? from : null);

    /// <summary>Applies the events of a mini-batch in their order, and appends what follows from them.</summary>
    /// <param name="now">The time of arrival. An earlier time than that of the last call counts as the latter.</param>
    /// <exception cref="WaitingStoreException">The disk is full or failed, or a file is damaged. The learner has to restart.</exception>
    public void Apply(WaitingBatch batch, DateTimeOffset now, WaitingResults results)
    {
        Advance(now);
        _transaction.Begin();
        for (var i = 0; i < batch.Count; i++)
            _transaction.Touch(batch[i].Key);
        _transaction.Load();
        for (var i = 0; i < batch.Count; i++)
        {
            var entry = batch[i];
            var input = entry.Row < 0 ? default : new InputMark(_counters.Sequence + 1, entry.Hash, batch.Content(entry.Row).Length, _counters.Now);
            var label = new LabelMark(entry.Label.Class, entry.Label.Weight, entry.Label.Time.UtcTicks, _counters.Now);
            if (Decide(entry.Key, new JoinEvent(entry.Kind, _counters.Now, input, label), i, entry.Row))
                _counters.Sequence++;
        }

        _transaction.Commit(batch, results);
    }

    /// <summary>Ends the time of records whose deadline has passed, and makes room if the store is full.</summary>
    /// <param name="limit">The maximum number of records.</param>
    /// <returns>The number of records. If it is the limit, more may be due.</returns>
    /// <exception cref="WaitingStoreException">The disk is full or failed, or a file is damaged. The learner has to restart.</exception>
    public int Expire(DateTimeOffset now, int limit, WaitingResults results)
    {
        Advance(now);
        var ended = _earliest > _counters.Now ? 0 : End(JoinEventKind.Timeout, _counters.Now, limit, results);
        while (IsFull && ended < limit)
        {
            var evicted = End(JoinEventKind.Eviction, long.MaxValue, Math.Min(limit - ended, EvictionChunk), results);
            if (evicted == 0)
                break;
            ended += evicted;
        }

        return ended;
    }

    /// <summary>Reads the input of an id that waits for its label. O(bytes + log n).</summary>
    /// <param name="read">Called with the input, which is valid during the call.</param>
    /// <returns>False if the id does not wait for its label.</returns>
    /// <exception cref="WaitingStoreException">The disk failed, or a file is damaged. The learner has to restart.</exception>
    public bool ReadWaiting(ExampleKey key, WaitingInputReader read)
    {
        Span<byte> bytes = stackalloc byte[RecordCodec.KeyBytes];
        RecordCodec.WriteKey(bytes, key);
        var record = default(WaitingRecord);
        _database.Read(WaitingTable.Records, bytes, RecordCodec.KeyBytes, (_, value) => record = RecordCodec.Read(value));
        if (record.State != WaitingState.Input)
            return false;
        RecordCodec.WriteSequence(bytes, record.Input.Sequence);
        _database.Read(WaitingTable.Inputs, bytes[..RecordCodec.SequenceBytes], RecordCodec.SequenceBytes, (_, value) => read(InputContent.Read(key, value, _topics)));
        return true;
    }

    /// <summary>Captures the store between two batches. O(buffered bytes + files): buffered entries are written, files are linked.</summary>
    /// <exception cref="WaitingStoreException">The disk is full or failed.</exception>
    public WaitingCapture Capture()
    {
        var links = _folder.NextCapture();
        _database.Checkpoint(links);
        var writer = new StateWriter();
        _counters.Save(writer);
        return new WaitingCapture(_folder, links, writer);
    }

    /// <summary>Closes the database and deletes its folder. Captures must be written or disposed before.</summary>
    public void Dispose()
    {
        _transaction.Dispose();
        _database.Dispose();
        _folder.Dispose();
    }

    private bool IsFull => _counters.Count > _options.Count || _counters.Bytes > _options.Bytes;

    private void Advance(DateTimeOffset now) => _counters.Now = Math.Max(_counters.Now, now.UtcTicks);

    private bool Decide(ExampleKey key, in JoinEvent e, int index, int row)
    {
        ref var change = ref _transaction[_transaction.Touch(key)];
        var decision = _rule.Decide(change.Record, e);
        _counters.Take(change.Record, decision, e.Kind == JoinEventKind.Eviction);
        if (decision.Next.State != WaitingState.Absent)
            _earliest = Math.Min(_earliest, decision.Next.Deadline);
        return _transaction.Take(ref change, decision, index, row, e.Kind == JoinEventKind.Eviction);
    }

    private int End(JoinEventKind kind, long until, int limit, WaitingResults results)
    {
        _due.Clear();
        var next = long.MaxValue;
        _database.ScanDeadlines(_earliest, (deadline, key) =>
        {
            next = deadline;
            if (deadline > until || _due.Count == limit)
                return false;
            next = long.MaxValue;
            _due.Add(key);
            return true;
        });
        _transaction.Begin();
        foreach (var key in _due)
            _transaction.Touch(key);
        _transaction.Load();
        _earliest = next;
        var ended = 0;
        foreach (var key in _due)
        {
            if (kind == JoinEventKind.Eviction && !IsFull)
            {
                _earliest = Math.Min(_earliest, _transaction[_transaction.Touch(key)].Record.Deadline);
                break;
            }

            Decide(key, new JoinEvent(kind, _counters.Now, default, default), -1, -1);
            ended++;
        }

        _transaction.Commit(null, results);
        return ended;
    }
}
