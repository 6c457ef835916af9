using System.Globalization;
using System.Text.Unicode;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire;

/// <summary>The rules that both wire formats enforce. Each method returns null if the rule is met.</summary>
/// <param name="labels">The way in which targets arrive; null if every example must be complete and <c>labels.mode</c> does not apply.</param>
/// <remarks>Thread-safe. Allocates only for a rejection.</remarks>
internal sealed class ExampleRules(WireLimits limits, LabelMode? labels = null)
{
    public WireLimits Limits { get; } = limits;

    /// <summary>True if a record may have an input without a target, or a target without an input.</summary>
    public bool AllowsParts => labels is LabelMode.Later or LabelMode.Mixed;

    /// <summary>Returns true if a record may have no target.</summary>
    public bool MayOmitTarget(out Target? target)
    {
        target = AllowsParts ? Target.None.Instance : null;
        return AllowsParts;
    }

    /// <summary>Returns true if a record may have no input.</summary>
    public bool MayOmitInput(out ExampleInput? input)
    {
        input = AllowsParts ? ExampleInput.None.Instance : null;
        return AllowsParts;
    }

    /// <summary>Adds the remedy to the rejection of a record without a target, if <c>labels.mode</c> applies.</summary>
    public Rejection WithoutTarget(Rejection missing) => labels is null
        ? missing
        : new Rejection(missing.Reason, $"{missing.Detail} If labels come later in separate records, set labels.mode to later or mixed.");

    /// <summary>Checks that target and input together are what <c>labels.mode</c> allows.</summary>
    public Rejection? Parts(bool hasTarget, bool hasInput)
    {
        if (!hasTarget && !hasInput)
            return new Rejection(RejectionReasons.MissingInput, "The record has neither an input nor a target.");
        return hasTarget && hasInput && labels == LabelMode.Later
            ? new Rejection(RejectionReasons.WrongTarget, "The record has an input and a target, but labels.mode is later: labels come in separate records. Set labels.mode to mixed if some records have both.")
            : null;
    }

    /// <summary>Checks the id. The value or the key must hold it; if both do, they must be equal.</summary>
    public Rejection? Id(ReadOnlySpan<byte> id, ReadOnlySpan<byte> key)
    {
        if (id.IsEmpty)
            id = key;
        if (id.IsEmpty)
            return new Rejection(RejectionReasons.MissingId, "Neither the value nor the key of the record holds an id.");
        if (id.Length > Limits.MaxIdBytes)
            return Rejection.TooLarge("id", id.Length, Limits.MaxIdBytes, "bytes", "maxIdBytes");
        if (!Utf8.IsValid(id))
            return Rejection.Malformed("The id is not valid UTF-8.");
        if (!key.IsEmpty && !key.SequenceEqual(id))
            return new Rejection(RejectionReasons.KeyMismatch, "The id in the value differs from the key of the record.");
        return null;
    }

    /// <summary>Checks a label, identity or name: 1 to <see cref="WireLimits.MaxLabelBytes"/> bytes.</summary>
    public Rejection? Name(string what, ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            return Rejection.Malformed($"The {what} is not valid UTF-8.");
        return NameLength(what, utf8.Length);
    }

    /// <summary>Checks a category, which may be empty.</summary>
    public Rejection? Category(string feature, ReadOnlySpan<byte> utf8) =>
        utf8.IsEmpty || (utf8.Length <= Limits.MaxLabelBytes && Utf8.IsValid(utf8)) ? null : Name($"category of the feature {feature}", utf8);

    public Rejection? NameLength(string what, int bytes)
    {
        if (bytes == 0)
            return Rejection.Malformed($"The {what} is empty.");
        return bytes > Limits.MaxLabelBytes ? Rejection.TooLarge(what, bytes, Limits.MaxLabelBytes, "bytes", "maxLabelBytes") : null;
    }

    /// <summary>Adds further groups to a target, which must be an identity.</summary>
    public static Rejection? Others(IReadOnlyList<string> others, ref Target target)
    {
        if (target is not Target.Identity identity)
            return Rejection.Malformed("Only an identity can have other identities.");
        target = identity with { Others = others };
        return null;
    }

    public Rejection? TextLength(int bytes) =>
        bytes > Limits.MaxTextBytes ? Rejection.TooLarge("text", bytes, Limits.MaxTextBytes, "bytes", "maxTextBytes") : null;

    public static Rejection? ClassIndex(ulong index) =>
        index > int.MaxValue ? Rejection.Malformed($"The class index must be 0 to {int.MaxValue} but is {index}.") : null;

    public static Rejection? Weight(float weight)
    {
        if (!float.IsFinite(weight))
            return Rejection.NotFinite("The weight is not a finite number.");
        return weight > 0 ? null : Rejection.Malformed(string.Create(CultureInfo.InvariantCulture, $"The weight must be above 0 but is {weight}."));
    }

    /// <summary>Checks that shape, element type and data length are consistent. The product of the shape is computed without overflow.</summary>
    public Rejection? Tensor(ElementType type, ReadOnlySpan<int> shape, long dataBytes)
    {
        if (shape.IsEmpty)
            return Rejection.WrongShape("The tensor has no shape.");
        if (shape.Length > Limits.MaxDimensions)
            return Rejection.TooLarge("tensor", shape.Length, Limits.MaxDimensions, "dimensions", "maxDimensions");
        long elements = 1;
        foreach (var dimension in shape)
        {
            if (dimension < 1)
                return Rejection.WrongShape($"Each dimension must be at least 1 but one is {dimension}.");
            elements *= dimension;
            if (elements > Limits.MaxTensorElements)
                return Rejection.TooLarge("tensor", elements, Limits.MaxTensorElements, "elements", "maxTensorElements");
        }

        var required = elements * SizeOf(type);
        return required == dataBytes ? null : Rejection.WrongShape($"The data must have {required} bytes according to shape and type but has {dataBytes}.");
    }

    public static Rejection? Finite(ReadOnlySpan<byte> float32)
    {
        var index = FiniteFloats.IndexOfNotFinite(float32);
        return index < 0 ? null : Rejection.NotFinite($"Element {index} of the tensor is not a finite number.");
    }

    /// <summary>Checks the signature of JPEG (ISO/IEC 10918-1, SOI) or PNG (ISO/IEC 15948, section 5.2).</summary>
    public static Rejection? Image(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            return new Rejection(RejectionReasons.MissingInput, "The image is empty.");
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) || file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            return null;
        return Rejection.Malformed("The image is neither a JPEG nor a PNG file.");
    }

    public Rejection? LabelCount(int count) =>
        count > Limits.MaxLabels ? Rejection.TooLarge("example", count, Limits.MaxLabels, "labels", "maxLabels") : null;

    /// <summary>Checks that no label of a set is blank or occurs twice. O(n).</summary>
    public static Rejection? LabelSet(IReadOnlyList<string> names, out Target? target)
    {
        target = new Target.LabelSet(names);
        if (names.Any(string.IsNullOrWhiteSpace))
            return new Rejection(RejectionReasons.MissingTarget, "A label of the set is blank.");
        return names.Count > 1 && names.Distinct(StringComparer.Ordinal).Count() < names.Count ? Rejection.Malformed("A label of the set occurs twice.") : null;
    }

    public Rejection? BoxCount(int count) =>
        count > Limits.MaxBoxes ? Rejection.TooLarge("example", count, Limits.MaxBoxes, "boxes", "maxBoxes") : null;

    public static Rejection? Box(float left, float top, float right, float bottom)
    {
        if (!float.IsFinite(left) || !float.IsFinite(top) || !float.IsFinite(right) || !float.IsFinite(bottom))
            return Rejection.NotFinite("A side of a box is not a finite number.");
        return left <= right && top <= bottom ? null : Rejection.Malformed("A box must have left <= right and top <= bottom.");
    }

    public Rejection? FeatureCount(int count)
    {
        if (count == 0)
            return new Rejection(RejectionReasons.MissingInput, "The list of features is empty.");
        return count > Limits.MaxFeatures ? Rejection.TooLarge("example", count, Limits.MaxFeatures, "features", "maxFeatures") : null;
    }

    public static Rejection? Number(string feature, double number) =>
        double.IsFinite(number) ? null : Rejection.NotFinite($"The feature {feature} is not a finite number.");

    /// <summary>Checks that the names are unique. O(n).</summary>
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
