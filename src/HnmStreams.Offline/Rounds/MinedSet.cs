using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Offline.Rounds;

/// <summary>An example on the store with its score beside the anchor.</summary>
public readonly record struct ScoredRow(int Row, float Score);

/// <summary>What was mined for one anchor.</summary>
/// <param name="Anchor">Its number on the store; -1 where the task does not embed: the anchor is the class itself.</param>
/// <param name="Positives">Others of its group; none without an anchor.</param>
/// <param name="Negatives">Hardest first.</param>
public sealed record MinedAnchor(int Anchor, IReadOnlyList<ScoredRow> Positives, IReadOnlyList<ScoredRow> Negatives);

/// <summary>What a round has mined, in a file: 8 bytes of memory for each anchor.</summary>
/// <remarks>Safe for several readers.</remarks>
public sealed class MinedSet : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly List<long> _ends = [0];

    /// <exception cref="InvalidDataException">The file is cut short.</exception>
    public MinedSet(string path)
    {
        _file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(_file);
        Span<int> counts = stackalloc int[3];
        while (_ends[^1] < length)
        {
            Read(_ends[^1], counts);
            var end = _ends[^1] + ((3 + (2 * ((long)counts[1] + counts[2]))) * sizeof(int));
            if (counts[1] < 0 || counts[2] < 0 || end > length)
            {
                _file.Dispose();
                throw new InvalidDataException($"{path} ends inside of an entry: it is damaged.");
            }

            _ends.Add(end);
            Negatives += counts[2];
        }
    }

    public int Count => _ends.Count - 1;

    public long Negatives { get; private set; }

    public MinedAnchor this[int number]
    {
        get
        {
            var words = new int[(_ends[number + 1] - _ends[number]) / sizeof(int)];
            Read(_ends[number], words);
            var positives = MemoryMarshal.Cast<int, ScoredRow>(words.AsSpan(3, 2 * words[1])).ToArray();
            var negatives = MemoryMarshal.Cast<int, ScoredRow>(words.AsSpan(3 + (2 * words[1]))).ToArray();
            return new MinedAnchor(words[0], positives, negatives);
        }
    }

    /// <summary>How many of these negatives the other set has for the same anchor. 8 bytes for each of the other's.</summary>
    public long SharedWith(MinedSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var theirs = new HashSet<long>(other.Pairs());
        return Pairs().LongCount(theirs.Contains);
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<long> Pairs()
    {
        for (var i = 0; i < Count; i++)
        {
            var entry = this[i];
            foreach (var negative in entry.Negatives)
                yield return ((long)entry.Anchor << 32) | (uint)negative.Row;
        }
    }

    private void Read(long offset, Span<int> words)
    {
        var bytes = MemoryMarshal.AsBytes(words);
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
                throw new InvalidDataException("A file of what was mined ends inside of an entry: it is damaged.");
            offset += read;
            bytes = bytes[read..];
        }
    }
}

/// <summary>Writes a <see cref="MinedSet"/>.</summary>
internal sealed class MinedSetWriter(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);

    public void Write(MinedAnchor entry)
    {
        ReadOnlySpan<int> counts = [entry.Anchor, entry.Positives.Count, entry.Negatives.Count];
        _file.Write(MemoryMarshal.AsBytes(counts));
        Span<ScoredRow> one = stackalloc ScoredRow[1];
        foreach (var rows in (ReadOnlySpan<IReadOnlyList<ScoredRow>>)[entry.Positives, entry.Negatives])
        {
            foreach (var row in rows)
            {
                one[0] = row;
                _file.Write(MemoryMarshal.AsBytes(one));
            }
        }
    }

    public void Dispose()
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
    }
}
