using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Kafka.Schemas;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Decoding;

/// <summary>The selection of the decoder of a topic's records by <c>wire.format</c>.</summary>
public static class RecordDecoders
{
    /// <summary>Creates the decoder that the options describe. Every reader of the topic uses it. The caller disposes it if it is disposable.</summary>
    /// <param name="labels">The way in which targets arrive; null if every example must be complete and <c>labels.mode</c> does not apply.</param>
    public static IRecordDecoder Create(WireOptions options, TimeProvider time, ILogger log, LabelMode? labels = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Format == StreamFormat.SchemaRegistry)
        {
            return new EnvelopeDecoder(options, options.Fields, options.Envelope, interner =>
                new SchemaRegistryReader(new SchemaSource(options.SchemaRegistry, new SchemaCompiler(options, interner, options.SchemaRegistry), time, log)), labels);
        }

        if (options.IsMapped)
            return new EnvelopeDecoder(options, options.Fields, options.Envelope, labels: labels);
        var assumed = options.Format switch
        {
            StreamFormat.Protobuf => WireFormat.Protobuf,
            StreamFormat.Json => WireFormat.Json,
            StreamFormat.Arrow => WireFormat.Arrow,
            _ => WireFormat.Unknown,
        };
        return new ExampleDecoder(options, assumed, labels);
    }
}
