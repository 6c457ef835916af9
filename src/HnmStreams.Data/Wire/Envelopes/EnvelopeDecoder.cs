using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Fields;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Envelopes;

/// <summary>A decoder of records that do not have the form of the contract: opens the envelope, reads the data, and maps fields to roles.</summary>
/// <remarks>Thread-safe. Several times more expensive than the contract's protobuf.</remarks>
internal sealed class EnvelopeDecoder : IRecordDecoder, IDisposable
{
    private readonly WireLimits _limits;
    private readonly IEnvelope _envelope;
    private readonly IValueReader _values;
    private readonly FieldKeyReader _keys;
    private readonly FieldExampleReader _examples;

    /// <param name="reader">Creates the reader of the data, which interns names in the given interner.</param>
    /// <param name="labels">The way in which targets arrive; null if every example must be complete and <c>labels.mode</c> does not apply.</param>
    public EnvelopeDecoder(WireLimits limits, FieldOptions fields, EnvelopeKind envelope, Func<StringInterner, IValueReader>? reader = null, LabelMode? labels = null)
    {
        _limits = limits;
        var rules = new ExampleRules(limits, labels);
        var interner = new StringInterner();
        var json = new JsonValueReader(limits, interner);
        _values = reader?.Invoke(interner) ?? json;
        var roles = envelope switch
        {
            EnvelopeKind.Debezium => FieldRoles.Of(fields, "$.after", "$.source.ts_ms", "$.ts_ms"),
            EnvelopeKind.CloudEvents => FieldRoles.Of(fields, "$.data", "$.time"),
            _ => FieldRoles.Of(fields),
        };
        _envelope = envelope switch
        {
            EnvelopeKind.Debezium => new DebeziumEnvelope(),
            EnvelopeKind.CloudEvents => new CloudEventsEnvelope(json, new ExampleDecoder(limits, labels: labels)),
            _ => new NoEnvelope(),
        };
        _keys = new FieldKeyReader(roles, rules, _values, json);
        _examples = new FieldExampleReader(roles, fields, rules, interner, _keys);
    }

    public string? WaitsFor => _values.WaitsFor;

    public ValueTask PrepareAsync(RecordChunk chunk, CancellationToken cancellationToken) => _values.PrepareAsync(chunk, cancellationToken);

    public DecodeResult Decode(RecordChunk chunk, in RawRecord record)
    {
        if (record.Value.Length > _limits.MaxRecordBytes)
            return DecodeResult.Rejected(Rejection.TooLarge("value", record.Value.Length, _limits.MaxRecordBytes, "bytes", "maxRecordBytes"));
        var key = chunk.Read(record.Key);
        if (record.Value.IsNull)
            return _keys.Read(chunk, key, out var id) is { } unnamed ? DecodeResult.Rejected(unnamed) : DecodeResult.Deletion(id.Span);
        if (_envelope.Open(chunk, record, _values, out var opened) is { } rejection)
            return DecodeResult.Rejected(rejection);
        return opened.Direct ?? _examples.Read(opened.Root, opened.IsDeletion, chunk, key);
    }

    /// <summary>Closes the connection of the reader, if it has one.</summary>
    public void Dispose() => (_values as IDisposable)?.Dispose();
}

/// <summary>The envelopes of records.</summary>
public enum EnvelopeKind
{
    None,
    Debezium,
    CloudEvents,
}
