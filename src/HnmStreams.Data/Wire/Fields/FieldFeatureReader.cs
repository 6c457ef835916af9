using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>A reader of the features of a record: the members of objects, single fields, or lists of (name, number, category).</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FieldFeatureReader
{
    private readonly ExampleRules _rules;
    private readonly StringInterner _interner;
    private readonly (FieldRole Role, HashSet<string> Excluded)[] _sources;
    private readonly HashSet<string> _numeric;
    private readonly Dictionary<string, int> _scales;
    private readonly UniqueNames _names = new();

    public FieldFeatureReader(FieldRoles roles, FieldOptions options, ExampleRules rules, StringInterner interner)
    {
        (_rules, _interner) = (rules, interner);
        var others = roles.PathsWithoutFeatures().ToList();
        _sources =
        [
            .. roles.Features.Select(role => (role, options.ExcludedFeatures
                .Concat(role.Paths.SelectMany(path => others.Select(other => other.MemberBelow(path)).OfType<string>()))
                .ToHashSet(StringComparer.Ordinal))),
        ];
        _numeric = options.NumericFeatures.ToHashSet(StringComparer.Ordinal);
        _scales = options.Decimals.ToDictionary(static d => d.Key, static d => int.Parse(d.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    /// <summary>Returns true if a field with features is present.</summary>
    public bool IsPresent(in FieldValue root)
    {
        foreach (var (role, _) in _sources)
        {
            if (role.TryFind(root, out _, out _))
                return true;
        }

        return false;
    }

    public Rejection? Read(in FieldValue root, out ExampleInput? input)
    {
        input = null;
        var features = default(PooledItems<Feature>);
        try
        {
            foreach (var (role, excluded) in _sources)
            {
                if (!role.TryFind(root, out var value, out var path))
                    continue;
                if (ReadSource(path, value, excluded, ref features) is { } rejection)
                    return rejection;
            }

            input = new ExampleInput.Features(features.ToArray());
            if (_rules.FeatureCount(features.Count) is { } wrong)
                return wrong;
            return _names.FindRepeated(features.Items, static feature => feature.Name) is { } repeated ? Rejection.Malformed($"The feature {repeated} occurs twice.") : null;
        }
        finally
        {
            features.Dispose();
        }
    }

    private Rejection? ReadSource(FieldPath path, in FieldValue value, HashSet<string> excluded, ref PooledItems<Feature> features)
    {
        if (value.Kind == FieldKind.List || (value.Kind == FieldKind.Object && value.Members is [{ Name: "items", Value.Kind: FieldKind.List }]))
            return ReadList(path, value.Kind == FieldKind.List ? value : value.Members[0].Value, ref features);
        if (value.Kind != FieldKind.Object)
            return path.Name.Length > 0 ? Add(path, path.Name, value, ref features) : Wrong(path, value);
        foreach (var member in value.Members)
        {
            if (!excluded.Contains(member.Name) && Add(path, member.Name, member.Value, ref features) is { } rejection)
                return rejection;
        }

        return null;
    }

    // The form of example.proto: each element has a name and a number or a category.
    private Rejection? ReadList(FieldPath path, in FieldValue list, ref PooledItems<Feature> features)
    {
        foreach (var item in list.Items)
        {
            if (item.Member("name") is not { Kind: FieldKind.Text } name)
                return Rejection.Malformed($"Each element of the list {path} (wire.fields.features) must have a name and a number or category, but one is {item.Describe()}.");
            if (_rules.Name("name of a feature", name.Bytes.Span) is { } unnamed)
                return unnamed;
            var value = item.Member("category") is { IsAbsent: false } category ? category : item.Member("number");
            if (Add(path, _interner.Name(name.Bytes.Span), value, ref features) is { } rejection)
                return rejection;
        }

        return null;
    }

    private Rejection? Add(FieldPath path, string name, in FieldValue value, ref PooledItems<Feature> features)
    {
        // A missing feature.
        if (value.IsAbsent)
            return null;
        if (features.Count >= _rules.Limits.MaxFeatures)
            return _rules.FeatureCount(features.Count + 1);
        if (_rules.NameLength("name of a feature", Encoding.UTF8.GetByteCount(name)) is { } invalid)
            return invalid;
        var rejection = Convert(path, name, value, out var feature);
        features.Add(feature);
        return rejection;
    }

    private Rejection? Convert(FieldPath path, string name, in FieldValue value, out Feature feature)
    {
        feature = default;
        if (_scales.TryGetValue(name, out var scale) && value.Kind is FieldKind.Bytes or FieldKind.Text)
            return Decimal(path, name, value, scale, out feature);
        switch (value.Kind)
        {
            case FieldKind.Integer or FieldKind.Number:
                feature = new Feature(name, value.Number, null);
                return ExampleRules.Number(name, value.Number);
            case FieldKind.Boolean:
                feature = new Feature(name, 0, value.Boolean ? "true" : "false");
                return null;
            case FieldKind.Text when _numeric.Contains(name):
                if (!double.TryParse(value.Bytes.Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                    return Rejection.Malformed($"The feature {name} in {path} must be a number (wire.fields.numericFeatures) but is other text.");
                feature = new Feature(name, number, null);
                return ExampleRules.Number(name, number);
            case FieldKind.Text:
                if (!value.Bytes.IsEmpty && _rules.Name($"category of the feature {name}", value.Bytes.Span) is { } rejection)
                    return rejection;
                feature = new Feature(name, 0, _interner.Category(value.Bytes.Span));
                return null;
            case FieldKind.Bytes:
                return Rejection.Malformed($"The feature {name} in {path} must be a number, text or a boolean but is bytes. If it is a decimal, set its scale in wire.fields.decimals; otherwise add it to wire.fields.excludedFeatures.");
            default:
                return Rejection.Malformed($"The feature {name} in {path} must be a number, text or a boolean but is {value.Describe()}. Name its members in wire.fields.features, or add it to wire.fields.excludedFeatures.");
        }
    }

    private static Rejection? Decimal(FieldPath path, string name, in FieldValue value, int scale, out Feature feature)
    {
        feature = default;
        Span<byte> decoded = stackalloc byte[DecimalBytes.MaxBytes];
        double number = 0;
        var converted = value.Kind == FieldKind.Bytes
            ? DecimalBytes.TryConvert(value.Bytes.Span, scale, out number)
            : Base64.DecodeFromUtf8(value.Bytes.Span, decoded, out _, out var length) == OperationStatus.Done && DecimalBytes.TryConvert(decoded[..length], scale, out number);
        if (!converted)
            return Rejection.Malformed($"The feature {name} in {path} must be a decimal of 1 to {DecimalBytes.MaxBytes} bytes or its base64 (wire.fields.decimals) but is other {value.Describe()}.");
        feature = new Feature(name, number, null);
        return null;
    }

    private static Rejection Wrong(FieldPath path, in FieldValue value) =>
        Rejection.Malformed($"The field {path} (wire.fields.features) must be an object but is {value.Describe()}. Set wire.fields.features to the object with the features, or to single fields.");
}
