using System.Text;
using System.Text.Unicode;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>A reader of the inputs in example.proto: tensor (6), image (7), text (8), features (9).</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProtobufInputReader(ExampleRules rules, StringInterner interner)
{
    private static readonly Rejection Truncated = Rejection.Malformed("The input is truncated or not a valid protobuf message.");
    private readonly ProtobufFeatureReader _features = new(rules, interner);

    public Rejection? Read(int field, ReadOnlyMemory<byte> body, out ExampleInput? input)
    {
        input = null;
        switch (field)
        {
            case 6:
                return ReadTensor(body, out input);
            case 7:
                if (ExampleRules.Image(body.Span) is { } notAnImage)
                    return notAnImage;
                input = new ExampleInput.EncodedImage(body);
                return null;
            case 8:
                if (rules.TextLength(body.Length) is { } tooLong)
                    return tooLong;
                if (!Utf8.IsValid(body.Span))
                    return Rejection.Malformed("The text is not valid UTF-8.");
                input = new ExampleInput.Text(Encoding.UTF8.GetString(body.Span));
                return null;
            default:
                return _features.Read(body.Span, out input);
        }
    }

    private Rejection? ReadTensor(ReadOnlyMemory<byte> body, out ExampleInput? input)
    {
        input = null;
        var reader = new ProtobufReader(body.Span);
        ulong element = 0;
        ReadOnlySpan<byte> data = default;
        var dataEnd = 0;
        Span<int> shape = stackalloc int[WireLimits.MaxConfigurableDimensions];
        var dimensions = 0;
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var field, out var type))
                return Truncated;
            var read = true;
            Rejection? rejection = null;
            switch (field, type)
            {
                case (1, ProtobufType.Varint):
                    read = reader.TryVarint(out element);
                    break;
                case (2, ProtobufType.Bytes):
                    read = reader.TryBytes(out var packed);
                    rejection = ReadDimensions(packed, shape, ref dimensions);
                    break;
                case (2, ProtobufType.Varint):
                    read = reader.TryVarint(out var dimension);
                    rejection = AddDimension(dimension, shape, ref dimensions);
                    break;
                case (3, ProtobufType.Bytes):
                    read = reader.TryBytes(out data);
                    dataEnd = reader.Position;
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

        if (element is not (1 or 2))
            return Rejection.WrongShape("The element type of the tensor must be uint8 or float32.");
        var elementType = element == 1 ? ElementType.UInt8 : ElementType.Float32;
        var inconsistent = rules.Tensor(elementType, shape[..dimensions], data.Length);
        if (elementType == ElementType.Float32)
            inconsistent ??= ExampleRules.Finite(data);
        if (inconsistent is null)
            input = new ExampleInput.Dense(elementType, interner.Shape(shape[..dimensions]), body.Slice(dataEnd - data.Length, data.Length));
        return inconsistent;
    }

    private Rejection? ReadDimensions(ReadOnlySpan<byte> packed, Span<int> shape, ref int dimensions)
    {
        var reader = new ProtobufReader(packed);
        while (!reader.AtEnd)
        {
            if (!reader.TryVarint(out var dimension))
                return Truncated;
            if (AddDimension(dimension, shape, ref dimensions) is { } rejection)
                return rejection;
        }

        return null;
    }

    private Rejection? AddDimension(ulong dimension, Span<int> shape, ref int dimensions)
    {
        if (dimensions >= rules.Limits.MaxDimensions)
            return Rejection.TooLarge("tensor", dimensions + 1, rules.Limits.MaxDimensions, "dimensions", "maxDimensions");
        if (dimension is 0 or > int.MaxValue)
            return Rejection.WrongShape($"Each dimension must be 1 to {int.MaxValue} but one is {dimension}.");
        shape[dimensions++] = (int)dimension;
        return null;
    }
}
