using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Tables;

/// <summary>A reader of the targets of a table: one class per row, or a set of labels from one column or from one column per label. Equal targets are one object.</summary>
/// <remarks>One thread.</remarks>
internal sealed class TableTargets(TableSource source, TableColumns columns, ColumnOptions options)
{
    private readonly Dictionary<string, Target>.AlternateLookup<ReadOnlySpan<char>> _known =
        new Dictionary<string, Target>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly string[] _names = [.. columns.Labels.Select(ordinal => LabelText.Canonical(source.Columns[ordinal]))];

    /// <summary>Reads the target of the current row.</summary>
    /// <exception cref="DataSourceException">The row has no target.</exception>
    public Target Read()
    {
        if (columns.Label < 0)
            return OfColumns();
        var text = source.Rows.GetFieldSpan(columns.Label);
        if (_known.TryGetValue(text, out var target))
            return target;
        target = options.LabelSeparator is { } separator ? OfList(text, separator) : OfClass(text);
        _known[text] = target;
        return target;
    }

    private Target OfClass(ReadOnlySpan<char> text)
    {
        if (text.IsWhiteSpace())
            throw source.Damaged("The label is blank.", "a class in every row");
        if (columns.HasNames)
            return new Target.Label(LabelText.Canonical(text.ToString()));
        return LabelText.TryClassIndex(text, out var index)
            ? new Target.ClassIndex(index)
            : throw source.Damaged($"The label is {text}.", "a whole number of 0 or more, as in the other rows; remove rows without a label");
    }

    private static Target.LabelSet OfList(ReadOnlySpan<char> text, char separator) =>
        new([.. text.ToString().Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(LabelText.Canonical).Distinct(StringComparer.Ordinal)]);

    private Target OfColumns()
    {
        Span<char> key = _names.Length <= 256 ? stackalloc char[_names.Length] : new char[_names.Length];
        for (var i = 0; i < key.Length; i++)
            key[i] = Applies(columns.Labels[i]) ? '1' : '0';
        if (_known.TryGetValue(key, out var target))
            return target;
        var present = new List<string>();
        for (var i = 0; i < key.Length; i++)
        {
            if (key[i] == '1')
                present.Add(_names[i]);
        }

        _known[key] = target = new Target.LabelSet([.. present]);
        return target;
    }

    private bool Applies(int ordinal) => source.Rows.GetFieldSpan(ordinal).Trim() switch
    {
        "" or "0" or "0.0" => false,
        "1" or "1.0" => true,
        var text when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        var text when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        _ => throw source.Unreadable(ordinal, "1, true, 0, false or nothing (data.columns.labels)"),
    };
}
