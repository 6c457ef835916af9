using System.Globalization;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>A reader of the target of a record: class, label, identity or boxes.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FieldTargetReader(FieldRoles roles, ExampleRules rules, StringInterner interner)
{
    private readonly FieldRole[] _targets = [roles.Class, roles.Label, roles.Identity, roles.Boxes];

    public Rejection? Read(in FieldValue root, out Target? target)
    {
        target = null;
        FieldRole? chosen = null;
        FieldValue value = default;
        FieldPath? path = null;
        foreach (var role in _targets)
        {
            if (!role.TryFind(root, out var found, out var at))
                continue;
            if (chosen is not null)
                return Rejection.Malformed($"The record must have one target but has {path} ({chosen.Setting}) and {at} ({role.Setting}). Configure only one of them.");
            (chosen, value, path) = (role, found, at);
        }

        if (chosen is null)
            return rules.MayOmitTarget(out target) ? null : rules.WithoutTarget(Missing(root));
        if (chosen == roles.Class)
            return ReadClass(path!, value, out target);
        if (chosen == roles.Boxes)
            return ReadBoxes(path!, value, out target);
        var rejection = chosen == roles.Label ? ReadLabel(path!, value, out target) : ReadIdentity(path!, value, out target);
        return rejection ?? AddOthers(root, ref target);
    }

    private Rejection Missing(in FieldValue root)
    {
        var reasons = new List<string>();
        foreach (var role in _targets)
        {
            if (role.IsMapped)
                reasons.Add($"{role.Explain(root)} ({role.Setting})");
        }

        return new Rejection(RejectionReasons.MissingTarget, $"The record has no target: {string.Join("; ", reasons)}.");
    }

    private Rejection? ReadClass(FieldPath path, in FieldValue value, out Target? target)
    {
        var index = value.Kind == FieldKind.Boolean ? value.Boolean ? 1L : 0 : ClassIndex(value);
        target = index >= 0 ? interner.Class((int)index) : null;
        return target is null ? roles.Class.Wrong(path, $"a whole number from 0 to {int.MaxValue} or a boolean", value) : null;
    }

    private Rejection? ReadLabel(FieldPath path, in FieldValue value, out Target? target)
    {
        target = null;
        // A list is a set of labels, also an empty one. In example.proto, the list is a field of a message.
        var list = value.Member("items") is { IsAbsent: false } items ? items : value;
        if (list.Kind is FieldKind.List or FieldKind.Numbers)
            return ReadNames(roles.Label, path, list, out var names) ?? rules.LabelCount(names.Count) ?? ExampleRules.LabelSet(names, out target);

        // A whole number of 0 or more is a class index, as in the contract's flat JSON form.
        if (value.IsNumber && ClassIndex(value) is var index and >= 0)
        {
            target = interner.Class((int)index);
            return null;
        }

        if (ReadName(roles.Label, path, value, out var utf8) is { } rejection)
            return rejection;
        target = interner.Label(utf8.Span);
        return null;
    }

    private Rejection? ReadIdentity(FieldPath path, in FieldValue value, out Target? target)
    {
        target = null;
        if (value.Kind is FieldKind.List or FieldKind.Numbers)
        {
            if (ReadNames(roles.Identity, path, value, out var names) is { } invalid)
                return invalid;
            if (names.Count == 0)
                return new Rejection(RejectionReasons.MissingTarget, $"The list {path} (wire.fields.identity) is empty.");
            target = new Target.Identity(names[0]) { Others = [.. names.Skip(1)] };
            return null;
        }

        if (ReadName(roles.Identity, path, value, out var utf8) is { } rejection)
            return rejection;
        target = new Target.Identity(interner.LabelName(utf8.Span));
        return null;
    }

    private Rejection? AddOthers(in FieldValue root, ref Target? target)
    {
        if (!roles.OtherIdentities.TryFind(root, out var value, out var path))
            return null;
        if (value.Kind is not (FieldKind.List or FieldKind.Numbers))
            return roles.OtherIdentities.Wrong(path, "a list of texts or numbers", value);
        if (ReadNames(roles.OtherIdentities, path, value, out var others) is { } rejection)
            return rejection;
        if (others.Count == 0)
            return null;
        return target is Target.Identity { Others: { Count: > 0 } first } identity
            ? ExampleRules.Others([.. first, .. others], ref target)
            : ExampleRules.Others(others, ref target!);
    }

    private Rejection? ReadNames(FieldRole role, FieldPath path, in FieldValue list, out List<string> names)
    {
        names = [];
        if (list.Kind == FieldKind.Numbers)
        {
            foreach (var number in list.Numbers)
                names.Add(interner.LabelName(Encoding.ASCII.GetBytes(number.ToString("R", CultureInfo.InvariantCulture))));
            return null;
        }

        foreach (var item in list.Items)
        {
            if (ReadName(role, path, item, out var utf8) is { } rejection)
                return rejection;
            names.Add(interner.LabelName(utf8.Span));
        }

        return null;
    }

    private Rejection? ReadName(FieldRole role, FieldPath path, in FieldValue value, out ReadOnlyMemory<byte> utf8)
    {
        if (!value.TryName(out utf8))
            return role.Wrong(path, "text, a number or a boolean", value);
        if (utf8.Span.Trim(" \t\r\n"u8).IsEmpty)
            return new Rejection(RejectionReasons.MissingTarget, $"The field {path} ({role.Setting}) is blank.");
        return rules.Name($"field {path} ({role.Setting})", utf8.Span);
    }

    private Rejection? ReadBoxes(FieldPath path, in FieldValue value, out Target? target)
    {
        target = null;
        // In example.proto, the list is a field of a message.
        var list = value.Member("items") is { IsAbsent: false } items ? items : value;
        if (list.Kind != FieldKind.List)
            return roles.Boxes.Wrong(path, "a list of objects with left, top, right, bottom and label", value);
        if (rules.BoxCount(list.Items.Length) is { } tooMany)
            return tooMany;
        var boxes = new List<LabeledBox>(list.Items.Length);
        foreach (var item in list.Items)
        {
            if (ReadBox(path, item, out var box) is { } rejection)
                return rejection;
            boxes.Add(box);
        }

        target = new Target.Boxes(boxes);
        return null;
    }

    private Rejection? ReadBox(FieldPath path, in FieldValue value, out LabeledBox box)
    {
        box = default;
        var (left, top, right, bottom) = (value.Member("left"), value.Member("top"), value.Member("right"), value.Member("bottom"));
        if (!left.IsNumber || !top.IsNumber || !right.IsNumber || !bottom.IsNumber)
            return Rejection.Malformed($"Each element of {path} (wire.fields.boxes) must have the numbers left, top, right and bottom, but one has none.");
        if (!value.Member("label").TryName(out var label))
            return Rejection.Malformed($"Each element of {path} (wire.fields.boxes) must have a label, but one {(value.Member("label") is { Kind: FieldKind.Missing } ? "has none" : $"has {value.Member("label").Describe()}")}.");
        var rejection = ExampleRules.Box((float)left.Number, (float)top.Number, (float)right.Number, (float)bottom.Number) ?? rules.Name("label of a box", label.Span);
        if (rejection is null)
        {
            var difficult = value.Member("difficult") is { Kind: FieldKind.Boolean, Boolean: true };
            box = new LabeledBox((float)left.Number, (float)top.Number, (float)right.Number, (float)bottom.Number, interner.LabelName(label.Span), difficult);
        }

        return rejection;
    }

    // Returns -1 if the value is no class index.
    private static long ClassIndex(in FieldValue value)
    {
        switch (value.Kind)
        {
            case FieldKind.Integer:
                return value.Integer is >= 0 and <= int.MaxValue ? value.Integer : -1;
            case FieldKind.Number:
                return value.Number is >= 0 and <= int.MaxValue && Math.Floor(value.Number) == value.Number ? (long)value.Number : -1;
            case FieldKind.Text when value.Bytes.Length <= 32:
                Span<char> text = stackalloc char[32];
                return Encoding.UTF8.TryGetChars(value.Bytes.Span, text, out var length) && LabelText.TryClassIndex(text[..length], out var index) ? index : -1;
            default:
                return -1;
        }
    }
}
