using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Tasks;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Offline.Rounds;

/// <summary>
/// A data set on disk, in the form that the task scores and in the form that it came in, read by number: a set of any
/// size takes 32 bytes an example of memory, and the system's page cache while there is room.
/// </summary>
/// <remarks>One writer; after <see cref="Close"/> safe for several readers, each with buffers of its own.</remarks>
public sealed class ExampleStore : IDisposable
{
    // Enough for a pass of any network, few enough bytes to stay out of the way.
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
    private FileStream? _rows, _examples;
    private SafeFileHandle? _rowFile, _exampleFile;
    private string? _refusal;

    /// <param name="folder">Made anew and deleted in the end.</param>
    /// <param name="limits">Of what may be on the store.</param>
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

    /// <summary>Numbers of the positives, where one class is rare.</summary>
    public IReadOnlyList<int> Positives => _positives;

    /// <summary>Examples that the task or the limits would not take, and the first reason.</summary>
    public long Refused { get; private set; }

    public string? Refusal => _refusal;

    /// <summary>Of all that lies here, in its order.</summary>
    public ulong Fingerprint => _fingerprint.GetCurrentHashAsUInt64();

    public int LabelOf(int number) => _labels[number];

    /// <returns>Its number; null where it was refused.</returns>
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
        if (_task.RoleOf(_row.Labels[0]) == ExampleRole.Positive)
            _positives.Add(Count - 1);
        _fingerprint.Append(wire);
        return Count - 1;
    }

    /// <summary>Ends the writing; what was added can be read from here on.</summary>
    public void Close()
    {
        _rows?.Dispose();
        _examples?.Dispose();
        (_rows, _examples) = (null, null);
        _rowFile = File.OpenHandle(Path.Combine(_folder, "rows"));
        _exampleFile = File.OpenHandle(Path.Combine(_folder, "examples"));
    }

    /// <summary>Appends the row to the buffer.</summary>
    public void Read(int number, RowBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var length = checked((int)(_rowEnds[number + 1] - _rowEnds[number]));
        Fill(_rowFile!, into.GetSpan(Math.Max(1, length))[..length], _rowEnds[number]);
        into.Advance(length);
        into.Commit(_labels[number], _weights[number]);
    }

    /// <summary>Replaces the buffer's content by rows from <paramref name="first"/> on, as many as are worth a pass.</summary>
    /// <returns>How many; 0 at the end.</returns>
    public int ReadChunk(int first, RowBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        into.Clear();
        while (first + into.Count < Count && into.Count < ChunkRows && into.Bytes < ChunkBytes)
            Read(first + into.Count, into);
        return into.Count;
    }

    /// <summary>The example as it came.</summary>
    public Example Read(int number)
    {
        var wire = new byte[_exampleEnds[number + 1] - _exampleEnds[number]];
        Fill(_exampleFile!, wire, _exampleEnds[number]);
        return _decoder.Decode(wire, WireFormat.Protobuf, default).Example
            ?? throw new InvalidDataException($"Example {number} on the store in {_folder} cannot be read any more.");
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
                throw new EndOfStreamException("A file of the store is shorter than what was written to it.");
            offset += read;
            into = into[read..];
        }
    }
}
