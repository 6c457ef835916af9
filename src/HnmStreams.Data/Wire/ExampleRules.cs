using System.Globalization;
using System.Text.Unicode;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire;

/// <summary>What both forms of the wire hold an example to. Each rule answers null where it is kept.</summary>
/// <remarks>Thread-safe; allocates only to refuse.</remarks>
internal sealed class ExampleRules(WireLimits limits)
{
    public WireLimits Limits { get; } = limits;

    /// <summary>Either of the two names the example; where both are there they agree.</summary>
    public Rejection? Id(ReadOnlySpan<byte> id, ReadOnlySpan<byte> key)
    {
        if (id.IsEmpty)
            id = key;
        if (id.IsEmpty)
            return new Rejection(DecodeReasons.MissingId, "The value has no id and the record no key.");
        if (id.Length > Limits.MaxIdBytes)
            return Rejection.TooLarge("Bytes of the id", id.Length, Limits.MaxIdBytes, "maxIdBytes");
        if (!Utf8.IsValid(id))
            return Rejection.Malformed("The id is not valid UTF-8.");
        if (!key.IsEmpty && !key.SequenceEqual(id))
            return new Rejection(DecodeReasons.KeyMismatch, "The id in the value is not the key of its record.");
        return null;
    }

    /// <summary>A label, an identity, a name: 1 to <see cref="WireLimits.MaxLabelBytes"/> bytes.</summary>
    public Rejection? Name(string what, ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            return Rejection.Malformed($"The {what} is not valid UTF-8.");
        return NameLength(what, utf8.Length);
    }

    public Rejection? NameLength(string what, int bytes)
    {
        if (bytes == 0)
            return Rejection.Malformed($"The {what} is empty.");
        return bytes > Limits.MaxLabelBytes ? Rejection.TooLarge($"Bytes of the {what}", bytes, Limits.MaxLabelBytes, "maxLabelBytes") : null;
    }

    public Rejection? TextLength(int bytes) =>
        bytes > Limits.MaxTextBytes ? Rejection.TooLarge("Bytes of the text", bytes, Limits.MaxTextBytes, "maxTextBytes") : null;

    public static Rejection? ClassIndex(ulong index) =>
        index > int.MaxValue ? Rejection.Malformed($"A class index lies between 0 and {int.MaxValue}.") : null;

    public static Rejection? Weight(float weight)
    {
        if (!float.IsFinite(weight))
            return Rejection.NotFinite("The weight is not a finite number.");
        return weight > 0 ? null : Rejection.Malformed(string.Create(CultureInfo.InvariantCulture, $"The weight is {weight} and has to be above 0."));
    }

    /// <summary>Shape, element type and length of data fit together, and the product of the shape is bounded without overflow.</summary>
    public Rejection? Tensor(ElementType type, ReadOnlySpan<int> shape, long dataBytes)
    {
        if (shape.IsEmpty)
            return Rejection.WrongShape("The tensor has no shape.");
        if (shape.Length > Limits.MaxDimensions)
            return Rejection.TooLarge("Dimensions of the tensor", shape.Length, Limits.MaxDimensions, "maxDimensions");
        long elements = 1;
        foreach (var dimension in shape)
        {
            if (dimension < 1)
                return Rejection.WrongShape($"A dimension is {dimension} and has to be at least 1.");
            elements *= dimension;
            if (elements > Limits.MaxTensorElements)
                return Rejection.TooLarge("Elements of the tensor", elements, Limits.MaxTensorElements, "maxTensorElements");
        }

        var needed = elements * SizeOf(type);
        return needed == dataBytes ? null : Rejection.WrongShape($"Shape and type ask for {needed} bytes of data, found {dataBytes}.");
    }

    public static Rejection? Finite(ReadOnlySpan<byte> float32)
    {
        var index = FiniteFloats.IndexOfNotFinite(float32);
        return index < 0 ? null : Rejection.NotFinite($"Element {index} of the tensor is not a finite number.");
    }

    /// <summary>The signatures of JPEG (ISO/IEC 10918-1, SOI) and PNG (ISO/IEC 15948, section 5.2).</summary>
    public static Rejection? Image(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            return new Rejection(DecodeReasons.MissingInput, "The image has no bytes.");
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) || file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            return null;
        return Rejection.Malformed("The image starts neither like a JPEG nor like a PNG file.");
    }

    public Rejection? BoxCount(int count) =>
        count > Limits.MaxBoxes ? Rejection.TooLarge("Boxes", count, Limits.MaxBoxes, "maxBoxes") : null;

    public static Rejection? Box(float left, float top, float right, float bottom)
    {
        if (!float.IsFinite(left) || !float.IsFinite(top) || !float.IsFinite(right) || !float.IsFinite(bottom))
            return Rejection.NotFinite("A box has a side that is not a finite number.");
        return left <= right && top <= bottom ? null : Rejection.Malformed("A box has its right side left of its left, or its bottom above its top.");
    }

    public Rejection? FeatureCount(int count)
    {
        if (count == 0)
            return new Rejection(DecodeReasons.MissingInput, "The list of features is empty.");
        return count > Limits.MaxFeatures ? Rejection.TooLarge("Features", count, Limits.MaxFeatures, "maxFeatures") : null;
    }

    public static Rejection? Number(string feature, double number) =>
        double.IsFinite(number) ? null : Rejection.NotFinite($"The feature {feature} is not a finite number.");

    /// <summary>No name twice. O(n).</summary>
    public static Rejection? Distinct(ReadOnlySpan<Feature> features)
    {
        var seen = new HashSet<string>(features.Length, StringComparer.Ordinal);
        foreach (var feature in features)
        {
            if (!seen.Add(feature.Name))
                return Rejection.Malformed($"The feature {feature.Name} occurs twice.");
        }

        return null;
    }

    public static int SizeOf(ElementType type) => type == ElementType.Float32 ? sizeof(float) : sizeof(byte);
}
