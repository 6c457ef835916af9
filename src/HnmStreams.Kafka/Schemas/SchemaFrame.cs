using System.Buffers.Binary;

namespace HnmStreams.Kafka.Schemas;

/// <summary>
/// Confluent's wire format: a zero byte, the schema id as a big-endian 32-bit integer, and the payload
/// (docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop#wire-format).
/// </summary>
internal static class SchemaFrame
{
    public const int Length = 5;

    /// <summary>Reads the schema id. Returns false if the bytes have no frame.</summary>
    public static bool TryRead(ReadOnlySpan<byte> framed, out int id)
    {
        var isFramed = framed.Length >= Length && framed[0] == 0;
        id = isFramed ? BinaryPrimitives.ReadInt32BigEndian(framed[1..]) : 0;
        return isFramed;
    }
}
