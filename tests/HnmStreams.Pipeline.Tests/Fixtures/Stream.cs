using System.Buffers.Binary;
using System.Text;
using System.Threading.Channels;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks.Tabular;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A small stream that a model can learn: four numbers, positive if their sum is large, about one in ten.</summary>
internal static class Stream
{
    public const string Topic = "t";
    public const int Features = 4;

    public static TabularTask Task { get; } = new(new TabularOptions { Features = Features, Hidden = [16] });

    public static IEnumerable<Example> Examples(int count, ulong seed = 1)
    {
        var generator = new Xoshiro256StarStar(seed);
        for (var i = 0; i < count; i++)
        {
            var values = Enumerable.Range(0, Features).Select(_ => (float)((generator.NextDouble() * 2) - 1)).ToArray();
            yield return Of($"e-{i}", values.Sum() > 1.4 ? 1 : 0, values);
        }
    }

    public static Example Of(string id, int label, params float[] values)
    {
        var data = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i * sizeof(float)), values[i]);
        return new Example(id, new Target.ClassIndex(label), new ExampleInput.Dense(ElementType.Float32, [values.Length], data));
    }

    /// <summary>Returns chunks of records with offsets from 0, as a consumer returns them.</summary>
    public static IEnumerable<RecordChunk> Chunks(IEnumerable<Example> examples, int chunkSize = 100)
    {
        var offset = 0L;
        foreach (var part in examples.Chunk(chunkSize))
        {
            var chunk = new RecordChunk(chunkSize);
            foreach (var example in part)
                Append(chunk, offset++, example.Id, ExampleEncoder.ToProtobuf(example));
            yield return chunk;
        }
    }

    /// <summary>Returns a reader of the chunks, which ends after the last one.</summary>
    public static ChannelReader<RecordChunk> Feed(IEnumerable<RecordChunk> chunks)
    {
        var feed = Channel.CreateUnbounded<RecordChunk>();
        foreach (var chunk in chunks)
            feed.Writer.TryWrite(chunk);
        feed.Writer.Complete();
        return feed.Reader;
    }

    /// <summary>Returns chunks with one record each, which carries many examples.</summary>
    public static IEnumerable<RecordChunk> BatchChunks(IEnumerable<Example> examples, int rowsPerRecord)
    {
        var offset = 0L;
        foreach (var part in examples.Chunk(rowsPerRecord))
        {
            var chunk = new RecordChunk(1);
            Append(chunk, offset++, null, ExampleEncoder.ToArrow(part), format: WireFormat.Arrow);
            yield return chunk;
        }
    }

    public static void Append(RecordChunk chunk, long offset, string? key, byte[]? value, int partition = 0, WireFormat format = WireFormat.Protobuf) => chunk.Add(new RawRecord(
        Topic,
        partition,
        offset,
        0,
        key is null ? ByteRange.Null : chunk.Store(Encoding.UTF8.GetBytes(key)),
        value is null ? ByteRange.Null : chunk.Store(value),
        format,
        0,
        default));
}
