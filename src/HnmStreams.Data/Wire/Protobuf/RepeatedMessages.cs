namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>The elements of a message whose only field is <c>repeated Message items = 1</c>.</summary>
internal ref struct RepeatedMessages(ReadOnlySpan<byte> list)
{
    private ProtobufReader _reader = new(list);

    /// <summary>Counts the elements without allocating. Returns false if the list is malformed.</summary>
    public static bool TryCount(ReadOnlySpan<byte> list, out int count)
    {
        count = 0;
        var reader = new ProtobufReader(list);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var field, out var type) || !reader.TrySkip(type))
                return false;
            if (field == 1 && type == ProtobufType.Bytes)
                count++;
        }

        return true;
    }

    /// <summary>Returns the bytes of the next element. Must be called at most as often as <see cref="TryCount"/> counted.</summary>
    public ReadOnlySpan<byte> Next()
    {
        while (_reader.TryTag(out var field, out var type))
        {
            if (field == 1 && type == ProtobufType.Bytes && _reader.TryBytes(out var item))
                return item;
            _reader.TrySkip(type);
        }

        return default;
    }
}
