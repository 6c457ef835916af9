using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Tasks;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Offline.Storage;

/// <summary>
/// A data set on disk, with random access by number. Each example is stored as its encoded row and in its original form. Takes 40 bytes of
/// memory per example, plus the system's page cache as far as memory allows.
/// </summary>
/// <remarks>One writer. After <see cref="Close"/> thread-safe for readers with their own buffers.</remarks>
public sealed class ExampleStore : IDisposable
{
    // Enough rows for an efficient forward pass of any network, with a bound on memory.
    private const int ChunkRows = 1_024;
    private const int ChunkBytes = 16 << 20;

    private readonly IMiningTask _task;
    private readonly ExampleDecoder _decoder;
    private readonly string _folder;
    private readonly RowBuffer _row = new();
    private readonly XxHash3 _fingerprint = new();
    private readonly List<long> _rowEnds = [0], _exampleEnds = [0];
    private readonly List<int> _labels = [];
    private readonly List<float> _weights = [];
    private readonly List<int> _positives = [];
    private readonly List<ulong> _contents = [];
    private readonly Dictionary<int, int[]> _otherLabels = [];
    private readonly Dictionary<string, int> _labelsByName = new(StringComparer.Ordinal);
    private FileStream? _rows, _examples;
    private SafeFileHandle? _rowFile, _exampleFile;
    private string? _refusal;

    /// <param name="folder">Created empty and deleted on dispose.</param>
    /// <param name="limits">The limits on stored examples.</param>
    public ExampleStore(string folder, IMiningTask task, WireLimits limits)
    {
        ArgumentNullException.ThrowIfNull(task);
        (_folder, _task, _decoder) = (folder, task, new ExampleDecoder(limits));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        _rows = new FileStream(Path.Combine(folder, "rows"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        _examples = new FileStream(Path.Combine(folder, "examples"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
    }

    public int Count => _labels.Count;

    /// <summary>The numbers of the positives, if the task has a rare class.</summary>
    public IReadOnlyList<int> Positives => _positives;

    /// <summary>The number of examples that exceed the limits or that the task cannot encode.</summary>
    public long Refused { get; private set; }

    /// <summary>The first reason for a refused example, with its id.</summary>
    public string? Refusal => _refusal;

    /// <summary>The hash of all examples in order.</summary>
    public ulong Fingerprint => _fingerprint.GetCurrentHashAsUInt64();

    public int LabelOf(int number) => _labels[number];

    /// <summary>Returns the labels of the example's further groups (<see cref="Target.Identity.Others"/>); empty for most.</summary>
    public IReadOnlyList<int> OtherLabelsOf(int number) => _otherLabels.GetValueOrDefault(number, []);

    /// <summary>True if an example belongs to several groups.</summary>
    public bool HasOverlappingGroups => _otherLabels.Count > 0;

    /// <summary>Returns a hash of the encoded input. Examples with the same hash are the same to a model, whatever their ids (XxHash3, 64 bits).</summary>
    public ulong ContentOf(int number) => _contents[number];

    /// <summary>Appends an example.</summary>
    /// <returns>The example's number; null if it was refused.</returns>
    public int? Add(Example example)
    {
        var (rows, examples) = (_rows, _examples);
        ObjectDisposedException.ThrowIf(rows is null || examples is null, this);
        var wire = ExampleEncoder.ToProtobuf(example);
        _row.Clear();
        var refused = _decoder.Decode(wire, WireFormat.Protobuf, default) is { Example: null } result
            ? result.Detail
            : _task.Encode(example, _row)?.Detail;
        if (refused is not null)
        {
            Refused++;
            _refusal ??= $"{example.Id}: {refused}";
            return null;
        }

        var payload = _row.Payload(0);
        rows.Write(payload);
        examples.Write(wire);
        _rowEnds.Add(_rowEnds[^1] + payload.Length);
        _exampleEnds.Add(_exampleEnds[^1] + wire.Length);
        _labels.Add(_row.Labels[0]);
        _weights.Add(_row.Weights[0]);
        _contents.Add(XxHash3.HashToUInt64(payload));
        if (example.Target is Target.Identity { Others: { Count: > 0 } others })
            _otherLabels.Add(Count - 1, [.. others.Select(name => LabelOf(example, name)).OfType<int>().Where(label => label != _labels[^1]).Distinct()]);
        if (_task.RoleOf(_row.Labels[0]) == ExampleRole.Positive)
            _positives.Add(Count - 1);
        _fingerprint.Append(wire);
        return Count - 1;
    }

    // The task alone knows the label of a name.
    private int? LabelOf(Example example, string name)
    {
        if (_labelsByName.TryGetValue(name, out var known))
            return known;
        using var row = new RowBuffer();
        if (_task.Encode(example with { Target = new Target.Identity(name) }, row) is not null)
            return null;
        return _labelsByName[name] = row.Labels[0];
    }

    /// <summary>Ends writing. Examples can be read afterwards.</summary>
    public void Close()
    {
        _rows?.Dispose();
        _examples?.Dispose();
        (_rows, _examples) = (null, null);
        _rowFile = File.OpenHandle(Path.Combine(_folder, "rows"));
        _exampleFile = File.OpenHandle(Path.Combine(_folder, "examples"));
    }

    /// <summary>Appends the example's encoded row to the buffer.</summary>
    public void Read(int number, RowBuffer into) => Read(number, into, _labels[number]);

    /// <summary>Appends the example's encoded row to the buffer under another label.</summary>
    public void Read(int number, RowBuffer into, int label)
    {
        ArgumentNullException.ThrowIfNull(into);
        var length = checked((int)(_rowEnds[number + 1] - _rowEnds[number]));
        Fill(_rowFile!, into.GetSpan(Math.Max(1, length))[..length], _rowEnds[number]);
        into.Advance(length);
        into.Commit(label, _weights[number]);
    }

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
    public Example Read(int number)
    {
        var wire = new byte[_exampleEnds[number + 1] - _exampleEnds[number]];
        Fill(_exampleFile!, wire, _exampleEnds[number]);
        return _decoder.Decode(wire, WireFormat.Protobuf, default).Example
            ?? throw new InvalidDataException($"Example {number} of the store in {_folder} cannot be read: the file is damaged.");
    }

    public void Dispose()
    {
        _rows?.Dispose();
        _examples?.Dispose();
        _rowFile?.Dispose();
        _exampleFile?.Dispose();
        _row.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
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
