using System.Globalization;

namespace HnmStreams.Data.Readers;

/// <summary>The lines of a file as UTF-8 bytes; the file may be compressed. The length of a line is checked before memory is allocated for it.</summary>
internal sealed class LineSource : IRowSource
{
    private const int MaxLineBytes = 16 << 20;
    private readonly string _path;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[1 << 16];
    private int _from;
    private int _to;
    private bool _ended;

    private LineSource(string path, Stream stream) => (_path, _stream) = (path, stream);

    /// <summary>The number of the line that was read last, from 1.</summary>
    public int Line { get; private set; }

    public static LineSource Open(string path, string expected) => new(path, CompressedFile.Open(path, expected));

    /// <summary>Reads the next line that is not blank, without its line ending. The line is valid until the next call. Returns false at the end.</summary>
    /// <exception cref="DataSourceException">The file is damaged or the line is too long.</exception>
    public bool Next(out ReadOnlyMemory<byte> line)
    {
        while (NextRaw(out line))
        {
            Line++;
            // A byte-order mark belongs to the file, not to its first line.
            if (Line == 1 && line.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
                line = line[3..];
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                return true;
        }

        return false;
    }

    public DataSourceException Damaged(string problem, string expected, Exception? cause = null) =>
        new(_path, string.Create(CultureInfo.InvariantCulture, $"Line {Line}: {problem}"), expected, cause);

    public void Dispose() => _stream.Dispose();

    private bool NextRaw(out ReadOnlyMemory<byte> line)
    {
        var scanned = _from;
        while (true)
        {
            var end = _buffer.AsSpan(scanned, _to - scanned).IndexOf((byte)'\n');
            if (end >= 0)
            {
                line = _buffer.AsMemory(_from, scanned + end - _from);
                _from = scanned + end + 1;
                return true;
            }

            if (_ended)
            {
                line = _buffer.AsMemory(_from, _to - _from);
                _from = _to;
                return line.Length > 0;
            }

            scanned = _to - _from;
            Fill();
        }
    }

    // Afterwards the unread bytes start at the beginning of the buffer.
    private void Fill()
    {
        var kept = _buffer.AsSpan(_from, _to - _from);
        if (kept.Length == _buffer.Length)
        {
            if (_buffer.Length >= MaxLineBytes)
                throw new DataSourceException(_path, string.Create(CultureInfo.InvariantCulture, $"Line {Line + 1} is longer than {MaxLineBytes} bytes."), "one object per line, in shorter lines");
            var larger = new byte[_buffer.Length * 2];
            kept.CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            kept.CopyTo(_buffer);
        }

        (_from, _to) = (0, kept.Length);
        try
        {
            var read = _stream.Read(_buffer.AsSpan(_to));
            _ended = read == 0;
            _to += read;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new DataSourceException(_path, string.Create(CultureInfo.InvariantCulture, $"The file is truncated or damaged after line {Line}: {e.Message}"), "a complete file", e);
        }
    }
}
