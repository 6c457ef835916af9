using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>BoxList of example.proto: counted first, then read into an array of just that length.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProtobufBoxReader(ExampleRules rules, StringInterner shared)
{
    private static readonly Rejection Cut = Rejection.Malformed("The list of boxes ends inside a field, or is no protobuf message.");

    public Rejection? Read(ReadOnlySpan<byte> body, out Target? target)
    {
        target = null;
        if (!RepeatedMessages.TryCount(body, out var count))
            return Cut;
        if (rules.BoxCount(count) is { } countFault)
            return countFault;
        var boxes = new Box[count];
        var items = new RepeatedMessages(body);
        for (var i = 0; i < count; i++)
        {
            if (ReadBox(items.Next(), out boxes[i]) is { } fault)
                return fault;
        }

        target = new Target.Boxes(boxes);
        return null;
    }

    private Rejection? ReadBox(ReadOnlySpan<byte> body, out Box box)
    {
        box = default;
        var reader = new ProtobufReader(body);
        Span<float> sides = stackalloc float[4];
        sides.Clear();
        ReadOnlySpan<byte> label = default;
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var field, out var type))
                return Cut;
            bool read;
            switch (field, type)
            {
                case ( >= 1 and <= 4, ProtobufType.Fixed32):
                    read = reader.TryFixed32(out var bits);
                    sides[field - 1] = BitConverter.UInt32BitsToSingle(bits);
                    break;
                case (5, ProtobufType.Bytes):
                    read = reader.TryBytes(out label);
                    break;
                default:
                    read = reader.TrySkip(type);
                    break;
            }

            if (!read)
                return Cut;
        }

        var fault = ExampleRules.Box(sides[0], sides[1], sides[2], sides[3]) ?? rules.Name("label of a box", label);
        if (fault is null)
            box = new Box(sides[0], sides[1], sides[2], sides[3], shared.Name(label));
        return fault;
    }
}
