using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Kafka.Schemas;
using HnmStreams.Testing.Fuzzing;
using HnmStreams.Testing.Registries;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Schemas;

/// <summary>Decoding of single records with a schema registry.</summary>
internal static class RegistryRecords
{
    public static WireOptions Options(SchemaRegistryServer registry, Action<WireOptions>? change = null)
    {
        var options = new WireOptions
        {
            Format = StreamFormat.SchemaRegistry,
            SchemaRegistry = new SchemaRegistryOptions { Url = registry.Url, RequestTimeout = TimeSpan.FromSeconds(20), MaxBackoff = TimeSpan.FromMilliseconds(100) },
        };
        change?.Invoke(options);
        return options;
    }

    public static EnvelopeDecoder Decoder(SchemaRegistryServer registry, Action<WireOptions>? change = null, TimeProvider? time = null) =>
        (EnvelopeDecoder)RecordDecoders.Create(Options(registry, change), time ?? TimeProvider.System, NullLogger.Instance);

    public static byte[] Frame(int id, params ReadOnlySpan<byte> payload) => RegistryInputs.Frame(id, payload);

    public static byte[] Frame(int id, string json) => Frame(id, Encoding.UTF8.GetBytes(json));

    /// <summary>Makes a chunk of one record.</summary>
    public static RecordChunk Chunk(byte[]? value, byte[]? key = null)
    {
        // Not disposed by most tests: the tensor or image of the example references its buffer.
        var chunk = new RecordChunk(1, 16);
        chunk.Add(new RawRecord("t", 0, 0, 0, Store(key), Store(value), WireFormat.Unknown, 0, default));
        return chunk;

        ByteRange Store(byte[]? bytes) => bytes is null ? ByteRange.Null : chunk.Store(bytes);
    }

    public static async Task<DecodeResult> DecodeAsync(this IRecordDecoder decoder, byte[]? value, byte[]? key = null)
    {
        var chunk = Chunk(value, key);
        await decoder.PrepareAsync(chunk, TestContext.Current.CancellationToken);
        return decoder.Decode(chunk, chunk.Records[0]);
    }
}
