using System.Globalization;
using System.Text;
using System.Text.Json;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Json;

/// <summary>A decoder of the JSON form (see <see cref="JsonExample"/>). It is convenient for producers and several times more expensive than protobuf.</summary>
/// <remarks>Thread-safe. Allocations are bounded by a small multiple of the record's size.</remarks>
internal sealed class JsonDecoder(ExampleRules rules)
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];
    private readonly JsonInputReader _inputs = new(rules);

    public Rejection? Decode(ReadOnlySpan<byte> value, ReadOnlySpan<byte> key, out Example? example)
    {
        example = null;
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
            ?? ReadTarget(json.Target, out var target)
            ?? _inputs.Read(json.Input, out var input)
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

    private Rejection? ReadTarget(JsonTarget? json, out Target? target)
    {
        target = null;
        var count = (json?.Class is null ? 0 : 1) + (json?.Label is null ? 0 : 1) + (json?.Identity is null ? 0 : 1) + (json?.Boxes is null ? 0 : 1);
        if (json is null || count == 0)
            return new Rejection(DecodeReasons.MissingTarget, "The example has no target: one of class, label, identity, boxes.");
        if (count > 1)
            return Rejection.Malformed("The target has more than one of class, label, identity, boxes.");
        if (json.Class is { } index)
        {
            if (ExampleRules.ClassIndex(index) is { } invalid)
                return invalid;
            target = new Target.ClassIndex((int)index);
            return null;
        }

        if (json.Boxes is { } boxes)
            return ReadBoxes(boxes, out target);
        var name = json.Label ?? json.Identity!;
        if (name.Length == 0)
            return new Rejection(DecodeReasons.MissingTarget, "The label or identity is empty.");
        target = json.Label is null ? new Target.Identity(name) : new Target.Label(name);
        return rules.NameLength("label or identity", Encoding.UTF8.GetByteCount(name));
    }

    private Rejection? ReadBoxes(IReadOnlyList<Box> boxes, out Target? target)
    {
        target = new Target.Boxes(boxes);
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
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, Styles, out var parsed))
            return Rejection.Malformed("The event time must be an ISO 8601 time such as 2026-11-23T10:00:00Z.");
        time = parsed;
        return null;
    }
}
