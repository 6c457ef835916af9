using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Data.Wire.Fields;

namespace HnmStreams.Data.Tests.Wire.Envelopes;

/// <summary>Decoding of single records that are not in the contract's form.</summary>
internal static class MappedRecords
{
    public static EnvelopeDecoder Decoder(Action<FieldOptions>? fields = null, EnvelopeKind envelope = EnvelopeKind.None, WireLimits? limits = null)
    {
        var options = new FieldOptions();
        fields?.Invoke(options);
        return new EnvelopeDecoder(limits ?? new WireLimits(), options, envelope);
    }

    public static DecodeResult Decode(this IRecordDecoder decoder, string? value, string? key = null, params IReadOnlyList<(string Name, string Value)> headers) =>
        decoder.Decode(value is null ? null : Encoding.UTF8.GetBytes(value), key is null ? null : Encoding.UTF8.GetBytes(key), headers);

    public static DecodeResult Decode(this IRecordDecoder decoder, byte[]? value, byte[]? key = null, params IReadOnlyList<(string Name, string Value)> headers)
    {
        // Not disposed: the tensor or image of the example references its buffer.
        var chunk = new RecordChunk(1, 16);
        var block = new byte[CapturedHeaders.MaxBytes];
        var written = 0;
        var fit = headers.All(header => CapturedHeaders.Append(header.Name, Encoding.UTF8.GetBytes(header.Value), block, ref written));
        var record = new RawRecord("t", 0, 0, 0, Store(key), Store(value), WireFormat.Unknown, 0, default)
        {
            Headers = !fit ? ByteRange.Null : headers.Count > 0 ? chunk.Store(block.AsSpan(0, written)) : default,
        };
        chunk.Add(record);
        var prepared = decoder.PrepareAsync(chunk, default).AsTask();
        Assert.True(prepared.IsCompletedSuccessfully);
        return decoder.Decode(chunk, record);

        ByteRange Store(byte[]? bytes) => bytes is null ? ByteRange.Null : chunk.Store(bytes);
    }
}
