using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Tables;

/// <summary>What the input of a table's rows becomes.</summary>
internal enum TableForm
{
    Text,
    Floats,
    Pixels,
    Features,
}

/// <summary>What an input column's values are.</summary>
internal enum ColumnKind
{
    /// <summary>Each what it looks like.</summary>
    ByValue,
    Numeric,
    Categorical,
}

/// <summary>What each column of a table is for; told by the options and by the first row. Ordinals are -1 where there is none.</summary>
/// <param name="Inputs">Ordinals of the input columns, ascending.</param>
/// <param name="Kinds">Of the inputs.</param>
/// <param name="Named">Whether targets are class names; else indices.</param>
internal sealed record TableColumns(
    int Label, int Id, int Time, int Weight, int[] Inputs, ColumnKind[] Kinds, TableForm Form, bool Named)
{
    /// <param name="source">At its first row.</param>
    /// <exception cref="DataOptionException">A column is not there, or is named for two purposes.</exception>
    public static TableColumns Of(TableSource source, ColumnOptions options)
    {
        var taken = new Dictionary<int, string>();
        var label = Take(source, taken, "columns.label", options.Label);
        var id = Take(source, taken, "columns.id", options.Id);
        var time = Take(source, taken, "columns.time", options.Time);
        var weight = Take(source, taken, "columns.weight", options.Weight);
        foreach (var column in options.Ignored)
            Take(source, taken, "columns.ignored", column);
        var text = Take(source, taken, "columns.text", options.Text);
        var numeric = options.Numeric.Select(column => Take(source, taken, "columns.numeric", column)).ToHashSet();
        var categorical = options.Categorical.Select(column => Take(source, taken, "columns.categorical", column)).ToHashSet();

        int[] inputs = text >= 0
            ? [text]
            : [.. Enumerable.Range(0, source.Columns.Length).Where(i => !taken.ContainsKey(i) || numeric.Contains(i) || categorical.Contains(i))];
        if (inputs.Length == 0)
            throw source.Damaged("No column is left for the input.", "columns besides label, id, time, weight and the ignored ones");
        ColumnKind[] kinds = [.. inputs.Select(i => numeric.Contains(i) ? ColumnKind.Numeric : categorical.Contains(i) ? ColumnKind.Categorical : ColumnKind.ByValue)];
        var named = !NumberParser.TryParseIndex(source.Rows.GetFieldSpan(label), out _);
        return new TableColumns(label, id, time, weight, inputs, kinds, FormOf(source, options, inputs, kinds), named);
    }

    private static TableForm FormOf(TableSource source, ColumnOptions options, int[] inputs, ColumnKind[] kinds)
    {
        if (options.Text is not null)
            return TableForm.Text;
        if (options.Input == TableInput.Features || (options.Input == TableInput.Auto && kinds.Any(static k => k != ColumnKind.ByValue)))
            return TableForm.Features;
        var numbers = inputs.Count(i => NumberParser.TryParseFinite(source.Rows.GetFieldSpan(i), out double _));
        if (options.Input == TableInput.Auto && numbers < inputs.Length)
            return inputs.Length == 1 ? TableForm.Text : TableForm.Features;
        var side = (int)Math.Sqrt(inputs.Length);
        var pixels = side * side == inputs.Length && inputs.All(i => source.Columns[i].StartsWith("pixel", StringComparison.OrdinalIgnoreCase));
        return pixels ? TableForm.Pixels : TableForm.Floats;
    }

    private static int Take(TableSource source, Dictionary<int, string> taken, string key, string? column)
    {
        if (column is null)
            return -1;
        var ordinal = source.Ordinal(key, column);
        if (!taken.TryAdd(ordinal, key))
            throw new DataOptionException(key, column, $"the column is already data.{taken[ordinal]}; a column is one thing");
        return ordinal;
    }
}
