using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;

namespace HnmStreams.Kafka.Decoding;

/// <summary>The selection of the decoder of a topic's records by <c>wire.format</c>.</summary>
public static class RecordDecoders
{
    /// <summary>Creates the decoder that the options describe. Every reader of the topic uses it.</summary>
    public static IRecordDecoder Create(WireOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.IsMapped)
            return new EnvelopeDecoder(options, options.Fields, options.Envelope);
        return new ExampleDecoder(options, options.Format switch
        {
            StreamFormat.Protobuf => WireFormat.Protobuf,
            StreamFormat.Json => WireFormat.Json,
            _ => WireFormat.Unknown,
        });
    }
}
