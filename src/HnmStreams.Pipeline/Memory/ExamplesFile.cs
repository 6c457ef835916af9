using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory;

/// <summary>
/// The file of all examples of a checkpoint with their payloads. It is written and read as a stream, since it may have
/// gigabytes. Other parts refer to the examples by their indices.
/// </summary>
internal static class ExamplesFile
{
    private const uint Mark = 0x58454E48; // "HNEX"
    private const int Version = 1;
    private const int BufferBytes = 1 << 16;

    public static void Write(Stream stream, IReadOnlyList<StoredExample> examples, PayloadStore payloads)
    {
        using var buffered = new BufferedStream(stream, BufferBytes);
        using var writer = new BinaryWriter(buffered, Encoding.UTF8);
        var topics = examples.Select(e => e.Origin.Topic).Distinct(StringComparer.Ordinal).ToList();
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(topics.Count);
        topics.ForEach(writer.Write);
        writer.Write(examples.Count);
        foreach (var example in examples)
        {
            var payload = payloads.Read(example);
            writer.Write(example.Id);
            writer.Write(topics.IndexOf(example.Origin.Topic));
            writer.Write(example.Origin.Partition);
            writer.Write(example.Origin.Offset);
            writer.Write(example.Source.EventTime.UtcTicks);
            writer.Write(example.Label);
            writer.Write(example.Weight);
            writer.Write(payload.Length);
            writer.Write(payload);
        }
    }

    /// <summary>Reads all examples into memory, without holders. Sizes are checked against the remaining bytes before memory is allocated.</summary>
    /// <exception cref="InvalidDataException">It is not such a file, or damaged.</exception>
    public static List<StoredExample> Read(Stream stream, PayloadStore payloads)
    {
        try
        {
            using var buffered = new BufferedStream(stream, BufferBytes);
            using var reader = new BinaryReader(buffered, Encoding.UTF8);
            if (reader.ReadUInt32() != Mark || reader.ReadInt32() != Version)
                throw new InvalidDataException("The file of examples is not one of a checkpoint, or of another version.");
            var topics = new string[Bounded(reader.ReadInt32(), stream)];
            for (var i = 0; i < topics.Length; i++)
                topics[i] = ReadText(reader, stream);
            var examples = new List<StoredExample>();
            for (var left = Bounded(reader.ReadInt32(), stream); left > 0; left--)
                examples.Add(ReadOne(reader, topics, stream, payloads));
            return examples;
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"The file of examples cannot be read: {e.Message}", e);
        }
    }

    private static StoredExample ReadOne(BinaryReader reader, string[] topics, Stream stream, PayloadStore payloads)
    {
        var id = ReadText(reader, stream);
        var origin = new Origin(topics[reader.ReadInt32()], reader.ReadInt32(), reader.ReadInt64());
        var time = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
        var (label, weight) = (reader.ReadInt32(), reader.ReadSingle());
        var payload = ReadBytes(reader, reader.ReadInt32(), stream);
        return payloads.Keep(new RowSource(ExampleKey.Of(id), id, origin, time, default), payload, label, weight);
    }

    // As BinaryReader.ReadString, which reports a negative length like a failure of the disk.
    private static string ReadText(BinaryReader reader, Stream stream) => Encoding.UTF8.GetString(ReadBytes(reader, reader.Read7BitEncodedInt(), stream));

    private static byte[] ReadBytes(BinaryReader reader, int count, Stream stream)
    {
        var bytes = reader.ReadBytes(Bounded(count, stream));
        return bytes.Length == count ? bytes : throw new EndOfStreamException($"{count} bytes must follow but only {bytes.Length} do.");
    }

    private static int Bounded(int count, Stream stream) =>
        count >= 0 && count <= stream.Length ? count : throw new InvalidDataException($"The file of examples has a count of {count} but only {stream.Length} bytes.");
}
