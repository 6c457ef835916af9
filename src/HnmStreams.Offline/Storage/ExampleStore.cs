using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Offline.Storage;

/// <summary>
/// A data set on disk, with random access by number. Each example is stored as its encoded row and in its original form. The newest record
/// of an id replaces the older one, and a tombstone removes it. Takes about 150 bytes of memory per example until <see cref="Close"/> and
/// 50 afterwards, plus the system's page cache as far as memory allows.
/// </summary>
/// <remarks>One writer. After <see cref="Close"/> thread-safe for readers with their own buffers.</remarks>
public sealed class ExampleStore : IDisposable
{
    // Enough rows for an efficient forward pass of any network, with a bound on memory.
    private const int ChunkRows = 1_024;
    private const int ChunkBytes = 16 << 20;

    // Enough rows for an encoder to fill its batches, with a bound on the memory of unencoded images.
    private const int PendingRows = 256;
    private const int PendingBytes = 64 << 20;

    private readonly IMiningTask _task;
    private readonly ExampleDecoder _decoder;
    private readonly string _folder;
    private readonly RowBuffer _pending = new();
    private readonly XxHash3 _fingerprint = new();
    private readonly List<StoredRow> _stored = [];
    private readonly HashSet<int> _superseded = [];
    private readonly List<int> _positives = [];
    private NewestRecords? _newest;
    private StoredRow[] _training = [], _heldOut = [];
    private FileStream? _rows, _examples;
    private SafeFileHandle? _rowFile, _exampleFile;
    private string? _rejection;

    /// <param name="folder">Created empty and deleted on dispose.</param>
    /// <param name="limits">The limits on stored examples.</param>
    public ExampleStore(string folder, IMiningTask task, WireLimits limits)
    {
        ArgumentNullException.ThrowIfNull(task);
        (_folder, _task, _decoder) = (folder, task, new ExampleDecoder(limits));
        _newest = new NewestRecords(Skipped);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        _rows = new FileStream(Path.Combine(folder, "rows"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        _examples = new FileStream(Path.Combine(folder, "examples"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
    }

    /// <summary>The number of examples, without those that are held out.</summary>
    public int Count => _training.Length;

    /// <summary>The number of examples that are held out.</summary>
    public int HeldOutCount => _heldOut.Length;

    /// <summary>The numbers of the positives, if the task has a rare class.</summary>
    public IReadOnlyList<int> Positives => _positives;

    /// <summary>The number of examples that exceed the limits or that the task cannot encode.</summary>
    public long Rejected { get; private set; }

    /// <summary>The first reason for a rejected example, with its id.</summary>
    public string? Rejection => _rejection;

    /// <summary>The records that were replaced by newer ones or deleted by tombstones.</summary>
    public SkipCounts Skipped { get; } = new();

    /// <summary>The hash of all examples in order.</summary>
    public ulong Fingerprint { get; private set; }

    public int LabelOf(int number) => _training[number].Label;

    /// <summary>Returns the labels of the example's further groups (<see cref="Target.Identity.Others"/>); empty for most.</summary>
    public IReadOnlyList<int> FurtherLabelsOf(int number) => _training[number].FurtherLabels;

    /// <summary>True if an example belongs to several groups.</summary>
    public bool HasOverlappingGroups { get; private set; }

    /// <summary>Returns a hash of the encoded input. Examples with the same hash are the same to a model, whatever their ids (XxHash3, 64 bits).</summary>
    public ulong ContentOf(int number) => _training[number].Content;

    /// <summary>Takes a record. An example that is rejected replaces none, as in the service.</summary>
    /// <param name="isHeldOut">True to store the example apart from those that are mined.</param>
    public void Add(in StoreRecord record, bool isHeldOut = false)
    {
        var newest = _newest;
        ObjectDisposedException.ThrowIf(newest is null, this);
        if (record.Example is not { } example)
            Supersede(newest.Delete(record));
        else if (Store(example, isHeldOut))
            Supersede(newest.Add(record, _stored.Count - 1));
    }

    private void Supersede(int? older)
    {
        if (older is { } number)
            _superseded.Add(number);
    }

    /// <returns>False if the example was rejected.</returns>
    private bool Store(Example example, bool isHeldOut)
    {
        var wire = ExampleEncoder.ToProtobuf(example);
        var rejected = _decoder.Decode(wire, WireFormat.Protobuf, default) is { Example: null } result
            ? result.Detail
            : !isHeldOut && _task.IsUnknown(example.Target) ? "An example that belongs to no class is not mined."
            : _task.Encode(example, _pending)?.Detail;
        if (rejected is not null)
        {
            Rejected++;
            _rejection ??= $"{example.Id}: {rejected}";
            return false;
        }

        _stored.Add(new StoredRow(0, _examples!.Position, 0, 0, wire.Length, _pending.Labels[^1], _pending.Weights[^1], [], isHeldOut));
        _examples.Write(wire);
        if (!isHeldOut)
            _fingerprint.Append(wire);
        if (_pending.Count == PendingRows || _pending.Bytes >= PendingBytes)
            WriteRows();
        return true;
    }

    /// <summary>Completes and writes the rows of the newest examples.</summary>
    private void WriteRows()
    {
        _task.FinishRows(_pending);
        var grouped = _task as IGroupedTask;
        for (var row = 0; row < _pending.Count; row++)
        {
            var payload = _pending.Payload(row);
            var number = _stored.Count - _pending.Count + row;
            _stored[number] = _stored[number] with
            {
                RowStart = _rows!.Position,
                RowLength = payload.Length,
                Content = XxHash3.HashToUInt64(grouped is null ? payload : grouped.Input(payload)),
                FurtherLabels = grouped is null ? [] : [.. grouped.FurtherGroups(payload)],
            };
            _rows.Write(payload);
        }

        _pending.Clear();
    }

    /// <summary>Ends writing. Examples can be read afterwards.</summary>
    public void Close()
    {
        if (_rows is not null)
            WriteRows();
        _rows?.Dispose();
        _examples?.Dispose();
        (_rows, _examples, _newest) = (null, null, null);
        _rowFile = File.OpenHandle(Path.Combine(_folder, "rows"));
        _exampleFile = File.OpenHandle(Path.Combine(_folder, "examples"));
        var kept = _stored.Where((_, number) => !_superseded.Contains(number)).ToLookup(static stored => stored.IsHeldOut);
        (_training, _heldOut) = ([.. kept[false]], [.. kept[true]]);
        _stored.Clear();
        _stored.TrimExcess();
        HasOverlappingGroups = Array.Exists(_training, static stored => stored.FurtherLabels.Length > 0);
        Index();
    }

    private void Index()
    {
        // The rows of replaced examples are in the running hash; it is computed again without them.
        var fingerprint = _superseded.Count == 0 ? _fingerprint : new XxHash3();
        for (var number = 0; number < Count; number++)
        {
            if (_task.RoleOf(LabelOf(number)) == ExampleRole.Positive)
                _positives.Add(number);
            if (_superseded.Count > 0)
                fingerprint.Append(ReadWire(number));
        }

        Fingerprint = fingerprint.GetCurrentHashAsUInt64();
    }

    /// <summary>Appends the example's encoded row to the buffer.</summary>
    public void Read(int number, RowBuffer into) => Read(_training[number], into);

    /// <summary>Appends the encoded row of a held-out example to the buffer.</summary>
    /// <param name="number">The number of the example among those that are held out.</param>
    public void ReadHeldOut(int number, RowBuffer into) => Read(_heldOut[number], into);

    /// <summary>Replaces the buffer's content with one forward pass's worth of rows, starting at <paramref name="first"/>.</summary>
    /// <returns>The number of rows; 0 at the end.</returns>
    public int ReadChunk(int first, RowBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        into.Clear();
        while (first + into.Count < Count && into.Count < ChunkRows && into.Bytes < ChunkBytes)
            Read(first + into.Count, into);
        return into.Count;
    }

    /// <summary>Reads the example in its original form.</summary>
    public Example Read(int number) =>
        _decoder.Decode(ReadWire(number), WireFormat.Protobuf, default).Example
        ?? throw new InvalidDataException($"Example {number} of the store in {_folder} cannot be read: the file is damaged.");

    public void Dispose()
    {
        _rows?.Dispose();
        _examples?.Dispose();
        _rowFile?.Dispose();
        _exampleFile?.Dispose();
        _pending.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private byte[] ReadWire(int number)
    {
        var wire = new byte[_training[number].ExampleLength];
        Fill(_exampleFile!, wire, _training[number].ExampleStart);
        return wire;
    }

    private void Read(in StoredRow stored, RowBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        Fill(_rowFile!, into.GetSpan(Math.Max(1, stored.RowLength))[..stored.RowLength], stored.RowStart);
        into.Advance(stored.RowLength);
        into.Commit(stored.Label, stored.Weight);
    }

    private static void Fill(SafeFileHandle file, Span<byte> into, long offset)
    {
        while (!into.IsEmpty)
        {
            var read = RandomAccess.Read(file, into, offset);
            if (read == 0)
                throw new EndOfStreamException("A file of the example store is shorter than the data written to it.");
            offset += read;
            into = into[read..];
        }
    }
}
