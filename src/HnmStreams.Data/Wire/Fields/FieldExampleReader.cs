using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>A reader of an example, or of a deletion, from the fields of a record.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FieldExampleReader(FieldRoles roles, FieldOptions options, ExampleRules rules, StringInterner interner, FieldKeyReader keys)
{
    private readonly FieldTargetReader _targets = new(roles, rules, interner);
    private readonly FieldInputReader _inputs = new(roles, options, rules, interner);
    private readonly FieldUnit _timeUnit = FieldTimes.Of(options.TimeUnit);

    /// <summary>Reads a record.</summary>
    /// <param name="root">The record's fields.</param>
    /// <param name="isDeletion">True if the envelope says that the record deletes an example.</param>
    /// <param name="key">The record's key, which holds the id if no field does.</param>
    public DecodeResult Read(in FieldValue root, bool isDeletion, RecordChunk chunk, ReadOnlyMemory<byte> key)
    {
        if (ReadId(root, chunk, key, out var id) is { } unnamed)
            return DecodeResult.Rejected(unnamed);
        if (isDeletion || IsDeleted(root))
            return DecodeResult.Deletion(id.Span);
        ExampleInput? input = null;
        DateTimeOffset? time = null;
        var weight = 1f;
        var rejection = _targets.Read(root, out var target) ?? _inputs.Read(root, out input) ?? rules.Parts(target is not Target.None, input is not ExampleInput.None) ?? ReadTime(root, out time) ?? ReadWeight(root, out weight);
        return rejection is null
            ? DecodeResult.Accepted(new Example(Encoding.UTF8.GetString(id.Span), target!, input!, time, weight), rules.Limits)
            : DecodeResult.Rejected(rejection);
    }

    private Rejection? ReadId(in FieldValue root, RecordChunk chunk, ReadOnlyMemory<byte> key, out ReadOnlyMemory<byte> id)
    {
        if (!roles.Id.TryFind(root, out var value, out var path))
            return keys.Read(chunk, key, out id) is { } invalid ? WithPath(invalid, root) : null;
        return value.TryName(out id) ? rules.Id(id.Span, default) : roles.Id.Wrong(path, "text or a number", value);
    }

    private Rejection WithPath(Rejection invalid, in FieldValue root) => roles.Id.IsMapped && invalid.Reason == RejectionReasons.MissingId
        ? new Rejection(invalid.Reason, $"The record has no id: {roles.Id.Explain(root)} ({roles.Id.Setting}). {invalid.Detail}")
        : invalid;

    private bool IsDeleted(in FieldValue root) => roles.Deleted.TryFind(root, out var value, out _) && value.Kind switch
    {
        FieldKind.Boolean => value.Boolean,
        FieldKind.Integer => value.Integer != 0,
        FieldKind.Text => Ascii.EqualsIgnoreCase(value.Bytes.Span, "true"u8),
        _ => false,
    };

    private Rejection? ReadTime(in FieldValue root, out DateTimeOffset? time)
    {
        time = null;
        if (!roles.EventTime.TryFind(root, out var value, out var path))
            return null;
        if (!FieldTimes.TryConvert(value, _timeUnit, out var converted))
            return roles.EventTime.Wrong(path, FieldTimes.Allowed, value);
        time = converted;
        return null;
    }

    private Rejection? ReadWeight(in FieldValue root, out float weight)
    {
        weight = 1;
        if (!roles.Weight.TryFind(root, out var value, out var path))
            return null;
        if (!value.IsNumber)
            return roles.Weight.Wrong(path, "a number above 0", value);
        weight = (float)value.Number;
        return ExampleRules.Weight(weight);
    }
}
