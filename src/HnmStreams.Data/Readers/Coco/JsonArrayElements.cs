using System.Text;
using System.Text.Json;

namespace HnmStreams.Data.Readers.Coco;

/// <summary>
/// The elements of the arrays in a JSON object, one at a time, from a stream of any length. Memory is bounded by the largest
/// element or other member, not by the file.
/// </summary>
/// <param name="maxElementBytes">The largest element. The outline of a crowd in a large image takes some 100 KB.</param>
/// <remarks>One owner, one thread.</remarks>
internal sealed class JsonArrayElements(Stream stream, int maxElementBytes = 64 << 20)
{
    private const int InitialBytes = 1 << 16;

    private byte[] _buffer = new byte[InitialBytes];
    private int _start, _end;
    private bool _isAtBeginning = true, _isComplete;
    private JsonReaderState _state;

    /// <summary>The name of the array that the current element belongs to.</summary>
    public string Array { get; private set; } = "";

    /// <summary>The current element. Valid until the next call of <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Element => _buffer.AsSpan(ElementStart, ElementLength);

    private int ElementStart { get; set; }

    private int ElementLength { get; set; }

    /// <summary>Moves to the next element of an array that is a member of the root object. Other members are skipped.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="JsonException">The stream is not a JSON object, or an element is too large.</exception>
    public bool Read()
    {
        while (true)
        {
            if (TryRead(out var found))
                return found;
            Fill();
        }
    }

    // Returns false if more bytes are needed. What was read completely is not read again.
    private bool TryRead(out bool found)
    {
        found = false;
        var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isComplete, _state);
        while (reader.Read())
        {
            var isMember = reader is { CurrentDepth: 1, TokenType: not (JsonTokenType.PropertyName or JsonTokenType.EndArray or JsonTokenType.StartArray) };
            if (reader is { CurrentDepth: 0, TokenType: not (JsonTokenType.StartObject or JsonTokenType.EndObject) })
                throw new JsonException("The root of the file is not an object.");
            if (reader is { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName })
                Array = reader.GetString()!;
            if (isMember && !reader.TrySkip())
                return false;
            if (reader.CurrentDepth == 2 && reader.TokenType is not JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                    return false;
                (ElementStart, ElementLength) = (_start + start, (int)reader.BytesConsumed - start);
                Commit(reader);
                return found = true;
            }

            Commit(reader);
            reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isComplete, _state);
        }

        return _isComplete;
    }

    private void Commit(in Utf8JsonReader reader)
    {
        _start += (int)reader.BytesConsumed;
        _state = reader.CurrentState;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= maxElementBytes)
                throw new JsonException($"An element of '{Array}' must be at most {maxElementBytes} bytes long but is longer.");
            System.Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        var free = _buffer.Length - _end;
        var read = stream.ReadAtLeast(_buffer.AsSpan(_end), free, throwOnEndOfStream: false);
        (_end, _isComplete) = (_end + read, read < free);
        if (_isAtBeginning && _buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble))
            _start = Encoding.UTF8.Preamble.Length;
        _isAtBeginning = false;
    }
}
