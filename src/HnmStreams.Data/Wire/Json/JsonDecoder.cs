using System.Text;
using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Json;

/// <summary>A decoder of the JSON form (see <see cref="JsonExample"/>). It is convenient for producers and several times more expensive than protobuf.</summary>
/// <remarks>Thread-safe. Allocations are bounded by a small multiple of the record's size.</remarks>
internal sealed class JsonDecoder(ExampleRules rules)
{
    private readonly JsonInputReader _inputs = new(rules);

    public Rejection? Decode(ReadOnlySpan<byte> value, ReadOnlySpan<byte> key, out Example? example)
    {
        example = null;
        // A byte-order mark is no JSON, but editors write one.
        if (value.StartsWith("\uFEFF"u8))
            value = value[3..];
        JsonExample? json;
        try
        {
            json = JsonSerializer.Deserialize(value, ExampleJsonContext.Default.JsonExample);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return Rejection.Malformed(e.Message);
        }

        if (json is null)
            return Rejection.Malformed("The value is null where an object is expected.");
        return Id(json.Id, key, out var id)
            ?? ReadTarget(json, value, out var target)
            ?? ReadInput(json, value, out var input)
            ?? rules.Parts(target is not Target.None, input is not ExampleInput.None)
            ?? Time(json.EventTime, out var time)
            ?? ExampleRules.Weight(json.Weight ?? 1)
            ?? Complete(new Example(id, target!, input!, time, json.Weight ?? 1), out example);
    }

    private static Rejection? Complete(Example decoded, out Example? example)
    {
        example = decoded;
        return null;
    }

    private Rejection? Id(string? id, ReadOnlySpan<byte> key, out string accepted)
    {
        var utf8 = id is null ? default : Encoding.UTF8.GetBytes(id).AsSpan();
        var rejection = rules.Id(utf8, key);
        accepted = rejection is not null || utf8.IsEmpty ? string.Empty : id!;
        if (rejection is null && utf8.IsEmpty)
            accepted = Encoding.UTF8.GetString(key);
        return rejection;
    }

    private Rejection? ReadTarget(JsonExample json, ReadOnlySpan<byte> value, out Target? target)
    {
        target = null;
        var flat = new JsonTarget { Class = json.Class, Label = json.Label?.Text, Identity = json.Identity, OtherIdentities = json.OtherIdentities, Boxes = json.Boxes };
        if (json.Label is { IsNumber: true } number && LabelText.TryClassIndex(number.Text, out var flatIndex))
            (flat.Class, flat.Label) = ((uint)flatIndex, null);
        var (nested, outer) = (Count(json.Target), Count(flat) + (json.Class is null || json.Label is null ? 0 : 1));
        if (nested + outer == 0 && json.Labels is { ValueKind: JsonValueKind.Array } list)
        {
            if (list.EnumerateArray().Any(static item => item.ValueKind != JsonValueKind.String))
                return Rejection.Malformed("The labels must be an array of strings but an element is something else.");
            (flat.Labels, outer) = ([.. list.EnumerateArray().Select(static item => item.GetString()!)], 1);
        }

        if (nested + outer == 0)
            return rules.MayOmitTarget(out target) ? null : rules.WithoutTarget(Missing(RejectionReasons.MissingTarget, "target: one of class, label, labels, identity, boxes", value));
        if (nested + outer > 1)
            return Rejection.Malformed("The target must have exactly one of class, label, labels, identity, boxes but has more.");
        var chosen = nested > 0 ? json.Target! : flat;
        if (chosen.Class is { } index)
        {
            if (ExampleRules.ClassIndex(index) is { } invalid)
                return invalid;
            target = new Target.ClassIndex((int)index);
            return null;
        }

        if (chosen.Boxes is { } boxes)
            return ReadBoxes(boxes, out target);
        if (chosen.Labels is { } labels)
            return ReadLabels(labels, out target);
        var name = chosen.Label ?? chosen.Identity!;
        if (string.IsNullOrWhiteSpace(name))
            return new Rejection(RejectionReasons.MissingTarget, "The label or identity is blank.");
        name = LabelText.Canonical(name);
        target = chosen.Label is null ? new Target.Identity(name) : new Target.Label(name);
        return rules.NameLength("label or identity", Encoding.UTF8.GetByteCount(name)) ?? AddOthers(chosen.OtherIdentities, ref target);
    }

    private Rejection? ReadLabels(IReadOnlyList<string> labels, out Target? target)
    {
        target = null;
        if (rules.LabelCount(labels.Count) is { } tooMany)
            return tooMany;
        foreach (var label in labels)
        {
            if (rules.NameLength("label", label is null ? 0 : Encoding.UTF8.GetByteCount(label)) is { } rejection)
                return rejection;
        }

        return ExampleRules.LabelSet([.. labels.Select(LabelText.Canonical)], out target);
    }

    private Rejection? AddOthers(IReadOnlyList<string>? others, ref Target target)
    {
        if (others is null or { Count: 0 })
            return null;
        foreach (var other in others)
        {
            if (rules.NameLength("identity", other is null ? 0 : Encoding.UTF8.GetByteCount(other)) is { } rejection)
                return rejection;
        }

        return ExampleRules.Others([.. others.Select(LabelText.Canonical)], ref target);
    }

    private Rejection? ReadInput(JsonExample json, ReadOnlySpan<byte> value, out ExampleInput? input)
    {
        var flat = new JsonInput { Tensor = json.Tensor, Image = json.Image, Text = json.Text, Features = json.Features };
        var (nested, outer) = (JsonInputReader.Count(json.Input), JsonInputReader.Count(flat));
        input = null;
        if (nested + outer == 0)
            return rules.MayOmitInput(out input) ? null : Missing(RejectionReasons.MissingInput, "input: one of tensor, image, text, features", value);
        if (nested + outer > 1)
            return Rejection.Malformed("The input must have exactly one of tensor, image, text, features but has more.");
        return _inputs.Read(nested > 0 ? json.Input! : flat, out input);
    }

    private static int Count(JsonTarget? json) => json is null
        ? 0
        : (json.Class is null ? 0 : 1) + (json.Label is null ? 0 : 1) + (json.Identity is null ? 0 : 1) + (json.Labels is null ? 0 : 1) + (json.Boxes is null ? 0 : 1);

    private static Rejection Missing(string reason, string what, ReadOnlySpan<byte> value)
    {
        var unknown = UnknownMembers.Find(value);
        return new Rejection(reason, $"The example has no {what}.{(unknown.Count == 0 ? "" : $" Unknown members: {string.Join(", ", unknown)}.")}");
    }

    private Rejection? ReadBoxes(IReadOnlyList<LabeledBox> boxes, out Target? target)
    {
        // Null elements are rejected below for their missing label.
        target = new Target.Boxes([.. boxes.Select(static b => b with { Label = b.Label is null ? null! : LabelText.Canonical(b.Label) })]);
        if (rules.BoxCount(boxes.Count) is { } tooMany)
            return tooMany;
        foreach (var box in boxes)
        {
            var rejection = ExampleRules.Box(box.Left, box.Top, box.Right, box.Bottom)
                ?? rules.NameLength("label of a box", box.Label is null ? 0 : Encoding.UTF8.GetByteCount(box.Label));
            if (rejection is not null)
                return rejection;
        }

        return null;
    }

    private static Rejection? Time(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (text is null)
            return null;
        if (!IsoTimes.TryParse(text, out var parsed))
            return Rejection.Malformed("The event time must be an ISO 8601 time such as 2026-11-23T10:00:00Z.");
        time = parsed;
        return null;
    }
}
