using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Arrow.Messages;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>A reader of the target of a row: exactly one of class, label and identity.</summary>
/// <remarks>Recurring targets are interned.</remarks>
internal sealed class ArrowTargetReader(ExampleRules rules, StringInterner interner)
{
    private static readonly Rejection Blank = new(RejectionReasons.MissingTarget, "The label or identity is blank.");

    public Rejection? Read(ArrowLayout layout, ReadOnlySpan<byte> record, int row, out Target? target)
    {
        target = null;
        var hasClass = Has(layout.Class, record, row);
        var hasLabel = Has(layout.Label, record, row);
        var hasIdentity = Has(layout.Identity, record, row);
        var count = (hasClass ? 1 : 0) + (hasLabel ? 1 : 0) + (hasIdentity ? 1 : 0);
        if (count == 0)
            return rules.MayOmitTarget(out target) ? null : rules.WithoutTarget(new Rejection(RejectionReasons.MissingTarget, "The row has no target: one of class, label, identity."));
        if (count > 1)
            return Rejection.Malformed("The target must have exactly one of class, label, identity but has more.");
        var rejection = hasClass ? ReadClass(layout.Class!, record, row, out target)
            : hasLabel ? ReadLabel(layout.Label!, record, row, out target)
            : ReadIdentity(layout.Identity!, record, row, out target);
        return rejection is null && layout.Others is { } others && !others.IsNull(record, row) ? AddOthers(others, record, row, ref target!) : rejection;
    }

    private static bool Has(ArrowColumn? column, ReadOnlySpan<byte> record, int row) => column is not null && !column.IsNull(record, row);

    private Rejection? ReadClass(ArrowColumn column, ReadOnlySpan<byte> record, int row, out Target? target)
    {
        var value = column.Integer(record, row);
        target = null;
        if (value is < 0 or > int.MaxValue)
            return Rejection.Malformed($"The class index must be 0 to {int.MaxValue} but is {(column.IsSigned ? value.ToString(CultureInfo.InvariantCulture) : ((ulong)value).ToString(CultureInfo.InvariantCulture))}.");
        target = interner.Class((int)value);
        return null;
    }

    // As in the JSON form: a whole number of 0 or more is a class index, any other number the name of a class.
    private Rejection? ReadLabel(ArrowColumn column, ReadOnlySpan<byte> record, int row, out Target? target)
    {
        target = null;
        if (column.Values.IsUtf8)
            return ReadName(column, record, row, isLabel: true, out target);
        if (column.Type == ArrowType.Bool)
        {
            target = interner.Label(column.Flag(record, row) ? "true"u8 : "false"u8);
            return null;
        }

        var number = column.Number(record, row);
        if (!double.IsFinite(number))
            return Rejection.NotFinite("The label is not a finite number.");
        if (number is >= 0 and <= int.MaxValue && Math.Floor(number) == number)
        {
            target = interner.Class((int)number);
            return null;
        }

        Span<byte> text = stackalloc byte[32];
        var length = column.Type == ArrowType.Int ? ArrowNumbers.Format(column, record, row, text) : ArrowNumbers.Format(number, text);
        target = interner.Label(text[..length]);
        return null;
    }

    private Rejection? ReadIdentity(ArrowColumn column, ReadOnlySpan<byte> record, int row, out Target? target)
    {
        if (column.Values.IsUtf8)
            return ReadName(column, record, row, isLabel: false, out target);
        Span<byte> text = stackalloc byte[32];
        target = interner.Identity(text[..ArrowNumbers.Format(column, record, row, text)]);
        return null;
    }

    private Rejection? ReadName(ArrowColumn column, ReadOnlySpan<byte> record, int row, bool isLabel, out Target? target)
    {
        target = null;
        if (ArrowStrings.Find(column, record, row, out var start, out var length, out _) is { } invalid)
            return invalid;
        var name = record.Slice(start, length);
        if (name.Trim(" \t\r\n"u8).IsEmpty)
            return Blank;
        if (rules.Name(isLabel ? "label" : "identity", name) is { } rejection)
            return rejection;
        target = isLabel ? interner.Label(name) : interner.Identity(name);
        return null;
    }

    private Rejection? AddOthers(ArrowColumn column, ReadOnlySpan<byte> record, int row, ref Target target)
    {
        if (!column.TryElements(record, row, out var first, out var count))
            return Rejection.Malformed("The offsets of the other identities are invalid.");
        if (count == 0)
            return null;
        var others = new List<string>();
        for (var i = first; i < first + count; i++)
        {
            var element = column.Children[0];
            var isNull = element.IsNull(record, i);
            var (start, length) = (0, 0);
            if (!isNull && ArrowStrings.Find(element, record, i, out start, out length, out _) is { } invalid)
                return invalid;
            if (rules.Name("identity", record.Slice(start, length)) is { } rejection)
                return rejection;
            others.Add(interner.LabelName(record.Slice(start, length)));
        }

        return ExampleRules.Others(others, ref target);
    }
}
