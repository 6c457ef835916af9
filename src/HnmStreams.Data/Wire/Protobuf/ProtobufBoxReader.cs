using System.Text.Unicode;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>A reader of BoxList in example.proto. It counts first, then reads into an array of exactly this length.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProtobufBoxReader(ExampleRules rules, StringInterner interner)
{
    private static readonly Rejection Truncated = Rejection.Malformed("The list of boxes is truncated or not a valid protobuf message.");

    public Rejection? Read(ReadOnlySpan<byte> body, out Target? target)
    {
        target = null;
        if (!RepeatedMessages.TryCount(body, out var count))
            return Truncated;
        if (rules.BoxCount(count) is { } tooMany)
            return tooMany;
        var boxes = new LabeledBox[count];
        var items = new RepeatedMessages(body);
        for (var i = 0; i < count; i++)
        {
            if (ReadBox(items.Next(), out boxes[i]) is { } rejection)
                return rejection;
        }

        target = new Target.Boxes(boxes);
        return null;
    }

    private Rejection? ReadBox(ReadOnlySpan<byte> body, out LabeledBox box)
    {
        box = default;
        var reader = new ProtobufReader(body);
        Span<float> sides = stackalloc float[4];
        sides.Clear();
        ReadOnlySpan<byte> label = default;
        ulong difficult = 0;
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var field, out var type))
                return Truncated;
            bool read;
            switch (field, type)
            {
                case ( >= 1 and <= 4, ProtobufType.Fixed32):
                    read = reader.TryFixed32(out var bits);
                    sides[field - 1] = BitConverter.UInt32BitsToSingle(bits);
                    break;
                case (5, ProtobufType.Bytes):
                    // As for the official parsers, a text must be valid UTF-8 even if a later value replaces it.
                    read = Utf8.IsValid(label) && reader.TryBytes(out label);
                    break;
                case (6, ProtobufType.Varint):
                    read = reader.TryVarint(out difficult);
                    break;
                default:
                    read = reader.TrySkip(type);
                    break;
            }

            if (!read)
                return Truncated;
        }

        var rejection = ExampleRules.Box(sides[0], sides[1], sides[2], sides[3]) ?? rules.Name("label of a box", label);
        if (rejection is null)
            box = new LabeledBox(sides[0], sides[1], sides[2], sides[3], interner.LabelName(label), difficult != 0);
        return rejection;
    }
}
