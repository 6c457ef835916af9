using System.Text;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>Reads an Example of example.proto in place. As in protobuf at large, the last one of a field counts, and unknown fields are skipped.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProtobufDecoder(ExampleRules rules, StringInterner shared)
{
    private static readonly Rejection Cut = Rejection.Malformed("The message ends inside a field, or is no protobuf message.");
    private readonly ProtobufInputReader _input = new(rules, shared);
    private readonly ProtobufBoxReader _boxes = new(rules, shared);

    public Rejection? Decode(ReadOnlyMemory<byte> value, ReadOnlySpan<byte> key, out Example? example)
    {
        example = null;
        var reader = new ProtobufReader(value.Span);
        ReadOnlySpan<byte> id = default;
        Target? target = null;
        ExampleInput? input = null;
        DateTimeOffset? time = null;
        var weight = 1f;
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var field, out var type))
                return Cut;
            Rejection? fault = null;
            var read = true;
            switch (field, type)
            {
                case (1, ProtobufType.Bytes):
                    read = reader.TryBytes(out id);
                    break;
                case (2, ProtobufType.Varint):
                    read = reader.TryVarint(out var index);
                    fault = ExampleRules.ClassIndex(index);
                    if (read && fault is null)
                        target = shared.Class((int)index);
                    break;
                case ( >= 3 and <= 5, ProtobufType.Bytes):
                    read = reader.TryBytes(out var aim);
                    fault = read ? ReadTarget(field, aim, out target) : null;
                    break;
                case ( >= 6 and <= 9, ProtobufType.Bytes):
                    read = reader.TryBytes(out var body);
                    fault = read ? _input.Read(field, value.Slice(reader.Position - body.Length, body.Length), out input) : null;
                    break;
                case (10, ProtobufType.Bytes):
                    read = reader.TryBytes(out var timestamp);
                    fault = read ? ProtobufTime.Read(timestamp, out time) : null;
                    break;
                case (11, ProtobufType.Fixed32):
                    read = reader.TryFixed32(out var bits);
                    weight = BitConverter.UInt32BitsToSingle(bits);
                    break;
                default:
                    read = reader.TrySkip(type);
                    break;
            }

            if (!read)
                return Cut;
            if (fault is not null)
                return fault;
        }

        if ((rules.Id(id, key) ?? ExampleRules.Weight(weight)) is { } refusal)
            return refusal;
        if (target is null)
            return new Rejection(DecodeReasons.MissingTarget, "The example has no target.");
        if (input is null)
            return new Rejection(DecodeReasons.MissingInput, "The example has no input.");
        example = new Example(Encoding.UTF8.GetString(id.IsEmpty ? key : id), target, input, time, weight);
        return null;
    }

    private Rejection? ReadTarget(int field, ReadOnlySpan<byte> body, out Target? target)
    {
        target = null;
        if (field == 5)
            return _boxes.Read(body, out target);
        if (body.IsEmpty)
            return new Rejection(DecodeReasons.MissingTarget, "The label or identity is empty.");
        if (rules.Name(field == 3 ? "label" : "identity", body) is { } fault)
            return fault;
        target = field == 3 ? shared.Label(body) : new Target.Identity(shared.Category(body));
        return null;
    }
}
