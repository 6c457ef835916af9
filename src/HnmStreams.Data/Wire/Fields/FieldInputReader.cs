using System.Text;
using System.Text.Unicode;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>A reader of the input of a record: tensor, image, text or features.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FieldInputReader(FieldRoles roles, FieldOptions options, ExampleRules rules, StringInterner interner)
{
    private readonly FieldRole[] _inputs = [roles.Tensor, roles.Image, roles.Text];
    private readonly FieldFeatureReader _features = new(roles, options, rules, interner);
    private readonly FieldTensorReader _tensor = new(roles.Tensor, options, rules, interner);

    public Rejection? Read(in FieldValue root, out ExampleInput? input)
    {
        input = null;
        FieldRole? chosen = null;
        FieldValue value = default;
        FieldPath? path = null;
        foreach (var role in _inputs)
        {
            if (!role.TryFind(root, out var found, out var at))
                continue;
            if (chosen is not null)
                return Both($"{path} ({chosen.Setting})", $"{at} ({role.Setting})");
            (chosen, value, path) = (role, found, at);
        }

        if (_features.IsPresent(root))
            return chosen is null ? _features.Read(root, out input) : Both($"{path} ({chosen.Setting})", $"{roles.Features[0].Paths[0]} (wire.fields.features)");
        if (chosen is null)
            return rules.MayOmitInput(out input) ? null : Missing(root);
        if (chosen == roles.Tensor)
            return _tensor.Read(path!, value, out input);
        return chosen == roles.Image ? ReadImage(path!, value, out input) : ReadText(path!, value, out input);
    }

    private static Rejection Both(string one, string other) =>
        Rejection.Malformed($"The record must have one input but has {one} and {other}. Configure only one of them.");

    private Rejection Missing(in FieldValue root)
    {
        var reasons = new List<string>();
        foreach (var role in _inputs.Concat(roles.Features))
        {
            if (role.IsMapped)
                reasons.Add($"{role.Explain(root)} ({role.Setting})");
        }

        return new Rejection(RejectionReasons.MissingInput, $"The record has no input: {string.Join("; ", reasons)}.");
    }

    private Rejection? ReadImage(FieldPath path, in FieldValue value, out ExampleInput? input)
    {
        input = null;
        var file = value.Bytes;
        if (value.Kind is not (FieldKind.Bytes or FieldKind.Text))
            return roles.Image.Wrong(path, "bytes or base64", value);
        if (value.Kind == FieldKind.Text && Base64Bytes.Read(path, roles.Image, value, out file) is { } invalid)
            return invalid;
        input = new ExampleInput.EncodedImage(file);
        return ExampleRules.Image(file.Span);
    }

    private Rejection? ReadText(FieldPath path, in FieldValue value, out ExampleInput? input)
    {
        input = null;
        if (value.Kind != FieldKind.Text)
            return roles.Text.Wrong(path, "text", value);
        if (rules.TextLength(value.Bytes.Length) is { } tooLong)
            return tooLong;
        if (!Utf8.IsValid(value.Bytes.Span))
            return Rejection.Malformed($"The text {path} (wire.fields.text) is not valid UTF-8.");
        input = new ExampleInput.Text(Encoding.UTF8.GetString(value.Bytes.Span));
        return null;
    }
}
