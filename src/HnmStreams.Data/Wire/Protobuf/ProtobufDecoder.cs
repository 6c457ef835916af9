using System.Text;
using System.Text.Unicode;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>
/// A decoder of Example in example.proto that reads in place. As usual in protobuf, the last value of a field wins and unknown
/// fields are skipped.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProtobufDecoder(ExampleRules rules, StringInterner interner)
{
    private static readonly Rejection Truncated = Rejection.Malformed("The message is truncated or not a valid protobuf message.");
    private readonly ProtobufInputReader _input = new(rules, interner);
    private readonly ProtobufBoxReader _boxes = new(rules, interner);
    private readonly ProtobufLabelReader _labels = new(rules, interner);

    public Rejection? Decode(ReadOnlyMemory<byte> value, ReadOnlySpan<byte> key, out Example? example)
    {
        example = null;
        var reader = new ProtobufReader(value.Span);
        ReadOnlySpan<byte> id = default;
        Target? target = null;
        ExampleInput? input = null;
        DateTimeOffset? time = null;
        var weight = 1f;
        List<string>? others = null;
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var field, out var type))
                return Truncated;
            Rejection? rejection = null;
            var read = true;
            switch (field, type)
            {
                case (1, ProtobufType.Bytes):
                    // As for the official parsers, a text must be valid UTF-8 even if a later value replaces it.
                    read = Utf8.IsValid(id) && reader.TryBytes(out id);
                    break;
                case (2, ProtobufType.Varint):
                    read = reader.TryVarint(out var index);
                    rejection = ExampleRules.ClassIndex(index);
                    if (read && rejection is null)
                        target = interner.Class((int)index);
                    break;
                case ( >= 3 and <= 5, ProtobufType.Bytes):
                    read = reader.TryBytes(out var targetBody);
                    rejection = read ? ReadTarget(field, targetBody, out target) : null;
                    break;
                case ( >= 6 and <= 9, ProtobufType.Bytes):
                    read = reader.TryBytes(out var body);
                    rejection = read ? _input.Read(field, value.Slice(reader.Position - body.Length, body.Length), out input) : null;
                    break;
                case (10, ProtobufType.Bytes):
                    read = reader.TryBytes(out var timestamp);
                    rejection = read ? ProtobufTime.Read(timestamp, out time) : null;
                    break;
                case (11, ProtobufType.Fixed32):
                    read = reader.TryFixed32(out var bits);
                    weight = BitConverter.UInt32BitsToSingle(bits);
                    break;
                case (12, ProtobufType.Bytes):
                    read = reader.TryBytes(out var other);
                    rejection = read ? rules.Name("identity", other) : null;
                    if (read && rejection is null)
                        (others ??= []).Add(interner.LabelName(other));
                    break;
                case (13, ProtobufType.Bytes):
                    read = reader.TryBytes(out var labels);
                    rejection = read ? _labels.Read(labels, out target) : null;
                    break;
                default:
                    read = reader.TrySkip(type);
                    break;
            }

            if (!read)
                return Truncated;
            if (rejection is not null)
                return rejection;
        }

        if ((rules.Id(id, key) ?? ExampleRules.Weight(weight)) is { } invalid)
            return invalid;
        if (target is null && !rules.MayOmitTarget(out target))
            return rules.WithoutTarget(new Rejection(RejectionReasons.MissingTarget, "The example has no target."));
        if (input is null && !rules.MayOmitInput(out input))
            return new Rejection(RejectionReasons.MissingInput, "The example has no input.");
        if (rules.Parts(target is not Target.None, input is not ExampleInput.None) is { } incomplete)
            return incomplete;
        if (others is not null && ExampleRules.Others(others, ref target!) is { } misplaced)
            return misplaced;
        example = new Example(Encoding.UTF8.GetString(id.IsEmpty ? key : id), target!, input!, time, weight);
        return null;
    }

    private Rejection? ReadTarget(int field, ReadOnlySpan<byte> body, out Target? target)
    {
        target = null;
        if (field == 5)
            return _boxes.Read(body, out target);
        if (body.Trim(" \t\r\n"u8).IsEmpty)
            return new Rejection(RejectionReasons.MissingTarget, "The label or identity is blank.");
        if (rules.Name(field == 3 ? "label" : "identity", body) is { } rejection)
            return rejection;
        target = field == 3 ? interner.Label(body) : new Target.Identity(interner.LabelName(body));
        return null;
    }
}
