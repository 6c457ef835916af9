using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>The prediction that was served for an input.</summary>
/// <param name="Version">The version of the model; 0 or less if none was served.</param>
/// <param name="Probability">The probability of a positive, calibrated if the version is; NaN if it is unknown.</param>
internal readonly record struct ServedPrediction(long Version, float Probability)
{
    public static ServedPrediction None { get; } = new(-1, float.NaN);
}

/// <summary>
/// The content of a stored input as bytes: identity, weight, prediction and the encoded row. Little-endian: partition, offset, event time,
/// weight, version, probability, held out, the lengths of topic, id and outputs, then these three and the row.
/// </summary>
internal static class InputContent
{
    private const int HeaderBytes = 4 + 8 + 8 + 4 + 8 + 4 + 1 + 4 + 4 + 4;
    private const int LengthsAt = HeaderBytes - 12;

    /// <summary>Appends a content to a row that is not committed yet. O(bytes).</summary>
    public static void Write(
        RowBuffer rows, in RowSource source, ReadOnlySpan<byte> id, ReadOnlySpan<byte> payload, float weight, bool isHeldOut, ReadOnlySpan<float> outputs, ServedPrediction served)
    {
        var outputBytes = MemoryMarshal.AsBytes(outputs);
        var topicBytes = Encoding.UTF8.GetByteCount(source.Origin.Topic);
        var length = HeaderBytes + topicBytes + id.Length + outputBytes.Length + payload.Length;
        var span = rows.GetSpan(length)[..length];
        BinaryPrimitives.WriteInt32LittleEndian(span, source.Origin.Partition);
        BinaryPrimitives.WriteInt64LittleEndian(span[4..], source.Origin.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(span[12..], source.EventTime.UtcTicks);
        BinaryPrimitives.WriteSingleLittleEndian(span[20..], weight);
        BinaryPrimitives.WriteInt64LittleEndian(span[24..], served.Version);
        BinaryPrimitives.WriteSingleLittleEndian(span[32..], served.Probability);
        span[36] = isHeldOut ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(span[LengthsAt..], topicBytes);
        BinaryPrimitives.WriteInt32LittleEndian(span[(LengthsAt + 4)..], id.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span[(LengthsAt + 8)..], outputBytes.Length);
        var rest = span[HeaderBytes..];
        Encoding.UTF8.GetBytes(source.Origin.Topic, rest);
        rest = rest[topicBytes..];
        id.CopyTo(rest);
        rest = rest[id.Length..];
        outputBytes.CopyTo(rest);
        payload.CopyTo(rest[outputBytes.Length..]);
        rows.Advance(length);
    }

    /// <summary>Reads a content in place. O(1), except for the strings.</summary>
    /// <param name="topics">The strings of topics that were read before.</param>
    /// <exception cref="InvalidDataException">The lengths do not fit.</exception>
    public static StoredInput Read(ExampleKey key, ReadOnlySpan<byte> content, List<string> topics)
    {
        if (content.Length < HeaderBytes)
            throw new InvalidDataException($"an input must have at least {HeaderBytes} bytes but has {content.Length}");
        var topicBytes = BinaryPrimitives.ReadInt32LittleEndian(content[LengthsAt..]);
        var idBytes = BinaryPrimitives.ReadInt32LittleEndian(content[(LengthsAt + 4)..]);
        var outputBytes = BinaryPrimitives.ReadInt32LittleEndian(content[(LengthsAt + 8)..]);
        var rest = content[HeaderBytes..];
        if (topicBytes < 0 || idBytes < 0 || outputBytes < 0 || (long)topicBytes + idBytes + outputBytes > rest.Length)
            throw new InvalidDataException("the lengths of an input do not fit its bytes");
        var topic = Topic(rest[..topicBytes], topics);
        var origin = new Origin(topic, BinaryPrimitives.ReadInt32LittleEndian(content), BinaryPrimitives.ReadInt64LittleEndian(content[4..]));
        var time = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(content[12..]), TimeSpan.Zero);
        rest = rest[topicBytes..];
        var source = new RowSource(key, Encoding.UTF8.GetString(rest[..idBytes]), origin, time, default);
        var served = new ServedPrediction(BinaryPrimitives.ReadInt64LittleEndian(content[24..]), BinaryPrimitives.ReadSingleLittleEndian(content[32..]));
        rest = rest[idBytes..];
        return new StoredInput(
            source, BinaryPrimitives.ReadSingleLittleEndian(content[20..]), content[36] != 0, served, rest[..outputBytes], rest[outputBytes..]);
    }

    private static string Topic(ReadOnlySpan<byte> utf8, List<string> topics)
    {
        foreach (var known in topics)
        {
            if (known.Length == utf8.Length && Ascii.Equals(utf8, known))
                return known;
        }

        var topic = Encoding.UTF8.GetString(utf8);
        topics.Add(topic);
        return topic;
    }
}

/// <summary>A stored input, in place. Valid as long as its bytes.</summary>
internal readonly ref struct StoredInput(
    RowSource source, float weight, bool isHeldOut, ServedPrediction served, ReadOnlySpan<byte> outputs, ReadOnlySpan<byte> payload)
{
    public readonly RowSource Source = source;
    public readonly float Weight = weight;
    public readonly bool IsHeldOut = isHeldOut;
    public readonly ServedPrediction Served = served;

    /// <summary>The served outputs, floats in little-endian order.</summary>
    public readonly ReadOnlySpan<byte> Outputs = outputs;
    public readonly ReadOnlySpan<byte> Payload = payload;
}
