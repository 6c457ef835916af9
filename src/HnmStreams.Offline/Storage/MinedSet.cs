using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Offline.Storage;

/// <summary>A file of the negatives mined in one round. Takes 8 bytes of memory per anchor.</summary>
/// <remarks>Thread-safe for reading.</remarks>
public sealed class MinedSet : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly List<long> _ends = [0];

    /// <exception cref="InvalidDataException">The file is truncated.</exception>
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
                throw new InvalidDataException($"{path} is damaged: it ends inside an entry.");
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

    /// <summary>Returns the number of negatives that the other set has for the same anchor. Takes 8 bytes of memory per negative of the other set.</summary>
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
                throw new InvalidDataException("The file of mined negatives is damaged: it ends inside an entry.");
            offset += read;
            bytes = bytes[read..];
        }
    }
}
