using System.Globalization;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;

namespace HnmStreams.Data.Readers.Columnar;

/// <summary>The rows of an Arrow IPC file (Feather version 2) or stream, compressed by LZ4, Zstandard or not. One record batch is held in memory.</summary>
internal sealed class ArrowFileRows : IRowSource
{
    private const string Expected = "a complete Arrow IPC file or stream (Feather version 2)";
    private readonly string _path;
    private readonly ArrowStreamReader _reader;
    private readonly JsonRowBuffer _row = new();
    private RecordBatch? _batch;
    private int _nextRow;

    private ArrowFileRows(string path, ArrowStreamReader reader) => (_path, _reader) = (path, reader);

    public int Line { get; private set; }

    private static ReadOnlySpan<byte> FileMagic => "ARROW1"u8;

    /// <exception cref="DataSourceException">The file does not exist or is not an Arrow file.</exception>
    public static ArrowFileRows Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            Span<byte> beginning = stackalloc byte[FileMagic.Length];
            var isFile = file.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false) == beginning.Length && beginning.SequenceEqual(FileMagic);
            file.Position = 0;
            var codecs = new CompressionCodecFactory();
            var reader = isFile ? new ArrowFileReader(file, codecs) : new ArrowStreamReader(file, codecs);
            // Reads the schema, and thereby checks that the file is one.
            return reader.Schema.FieldsList.Count > 0 ? new ArrowFileRows(path, reader) : throw new InvalidDataException("It has no columns.");
        }
#pragma warning disable CA1031 // A damaged file makes the library fail in many ways.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            file?.Dispose();
            throw new DataSourceException(path, e.Message, Expected, e);
        }
    }

    public bool Next(out ReadOnlyMemory<byte> row)
    {
        row = default;
        while (_batch is null || _nextRow == _batch.Length)
        {
            _batch?.Dispose();
            (_batch, _nextRow) = (ReadBatch(), 0);
            if (_batch is null)
                return false;
        }

        Line++;
        WriteRow(_row.Begin(), _batch, _nextRow++);
        row = _row.End();
        return true;
    }

    public DataSourceException Damaged(string problem, string expected, Exception? cause = null) =>
        new(_path, string.Create(CultureInfo.InvariantCulture, $"Row {Line}: {problem}"), expected, cause);

    public void Dispose()
    {
        _batch?.Dispose();
        _row.Dispose();
        _reader.Dispose();
    }

    private RecordBatch? ReadBatch()
    {
        try
        {
            return _reader.ReadNextRecordBatch();
        }
#pragma warning disable CA1031 // A damaged file makes the library fail in many ways.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw new DataSourceException(_path, string.Create(CultureInfo.InvariantCulture, $"The record batch behind row {Line} cannot be read: {e.Message}"), Expected, e);
        }
    }

    private void WriteRow(Utf8JsonWriter json, RecordBatch batch, int row)
    {
        try
        {
            json.WriteStartObject();
            for (var i = 0; i < batch.ColumnCount; i++)
            {
                json.WritePropertyName(batch.Schema.GetFieldByIndex(i).Name);
                JsonValues.Write(json, ArrowValues.Of(batch.Column(i), row));
            }

            json.WriteEndObject();
        }
#pragma warning disable CA1031 // Invalid offsets or indices of a damaged file.
        catch (Exception e) when (e is not (OutOfMemoryException or DataSourceException))
#pragma warning restore CA1031
        {
            throw Damaged(e.Message, Expected, e);
        }
    }
}
