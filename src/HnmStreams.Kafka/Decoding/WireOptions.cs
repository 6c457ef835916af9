using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Data.Wire.Fields;
using HnmStreams.Kafka.Schemas;

namespace HnmStreams.Kafka.Decoding;

/// <summary>The <c>wire</c> section: the format of the topic's records, and the limits of a record.</summary>
public sealed class WireOptions : WireLimits, IValidatableObject
{
    /// <summary>
    /// The format of the records. <c>auto</c>: the contract's protobuf or JSON, or Arrow batches (<c>wire.arrow</c>), selected per record by
    /// the header <c>hnm-format</c> or the first bytes. <c>protobuf</c>, <c>json</c> and <c>arrow</c>: the same, but records without the header
    /// have this format. With an envelope or fields, <c>auto</c> and <c>json</c> are any JSON. <c>schemaRegistry</c>: values with the frame of a
    /// schema registry (a zero byte and a schema id); the type of the schema decides between Avro, JSON and protobuf.
    /// </summary>
    public StreamFormat Format { get; set; }

    /// <summary>
    /// What is around the data: <c>none</c>, <c>debezium</c> (change events with <c>before</c>, <c>after</c> and <c>op</c>), or
    /// <c>cloudEvents</c> (CloudEvents 1.0 in structured or binary mode).
    /// </summary>
    public EnvelopeKind Envelope { get; set; }

    /// <summary>The roles of the fields of records that do not have the form of the contract.</summary>
    [Required]
    public FieldOptions Fields { get; set; } = new();

    /// <summary>The schema registry of the format <c>schemaRegistry</c>.</summary>
    [Required]
    public SchemaRegistryOptions SchemaRegistry { get; set; } = new();

    /// <summary>True if the records may have another form than the contract's.</summary>
    /// <summary>True if records of the contract are read; false if fields, an envelope or a schema registry describe the records.</summary>
    public bool ReadsContract => Format != StreamFormat.SchemaRegistry && !IsMapped;

    internal bool IsMapped => Envelope != EnvelopeKind.None || Fields.IsUsed;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Format == StreamFormat.Protobuf && IsMapped)
            yield return new ValidationResult("must be json or auto if wire.envelope or wire.fields is set: protobuf is the form of example.proto, which has neither", [nameof(Format)]);
        if (Format == StreamFormat.SchemaRegistry && SchemaRegistry.Url is null)
            yield return new ValidationResult("requires wire.schemaRegistry.url, the URL of the registry", [nameof(Format)]);
        if (Format == StreamFormat.Arrow && IsMapped)
            yield return new ValidationResult("must be json or auto if wire.envelope or wire.fields is set: the columns of Arrow batches are set in wire.arrow.columns", [nameof(Format)]);
        if (Format != StreamFormat.SchemaRegistry && SchemaRegistry.Url is not null)
            yield return new ValidationResult("must be schemaRegistry if wire.schemaRegistry.url is set", [nameof(Format)]);
    }
}

/// <summary>The formats of a topic's records.</summary>
public enum StreamFormat
{
    Auto,
    Protobuf,
    Json,
    SchemaRegistry,
    Arrow,
}
