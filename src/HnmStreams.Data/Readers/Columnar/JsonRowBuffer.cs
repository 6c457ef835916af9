using System.Buffers;
using System.Text.Json;

namespace HnmStreams.Data.Readers.Columnar;

/// <summary>A buffer in which one row of a columnar file at a time is written as JSON. One thread.</summary>
internal sealed class JsonRowBuffer : IDisposable
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Utf8JsonWriter _json;

    public JsonRowBuffer() => _json = new Utf8JsonWriter(_bytes);

    /// <summary>Discards the previous row and returns the writer of the next one.</summary>
    public Utf8JsonWriter Begin()
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        return _json;
    }

    /// <summary>Returns the bytes of the row, which are valid until the next <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> End()
    {
        _json.Flush();
        return _bytes.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();
}
