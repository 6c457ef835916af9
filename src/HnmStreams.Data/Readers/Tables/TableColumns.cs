using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Tables;

/// <summary>The form of a table's input.</summary>
internal enum TableForm
{
    Text,
    Floats,
    Pixels,
    Features,
}

/// <summary>The kind of an input column's values.</summary>
internal enum ColumnKind
{
    /// <summary>A number if the value is one, else a category.</summary>
    ByValue,
    Numeric,
    Categorical,
}

/// <summary>The roles of a table's columns, determined by the settings and a sample of the rows. An ordinal is -1 if no column has the role.</summary>
/// <param name="Labels">The ordinals of the columns of one label each; empty if one column has the target.</param>
/// <param name="Inputs">The ordinals of the input columns, ascending.</param>
/// <param name="Kinds">The kinds of the input columns.</param>
/// <param name="HasNames">True if targets are class names, false if they are class indices.</param>
/// <param name="AreMostlyNumbers">True for the input columns of features whose values are numbers more often than words.</param>
internal sealed record TableColumns(
    int Label, int[] Labels, int Id, int Time, int Weight, int[] Inputs, ColumnKind[] Kinds, TableForm Form, bool HasNames, bool[] AreMostlyNumbers)
{
    /// <summary>Reads the sample, which is described at <see cref="TableInput.Auto"/>, and determines the roles.</summary>
    /// <param name="source">The table, before its first row.</param>
    /// <exception cref="DataOptionException">A column does not exist or has two roles, or its numbers have another decimal separator.</exception>
    public static TableColumns Of(TableSource source, DataOptions data)
    {
        var options = data.Columns;
        var taken = new Dictionary<int, string>();
        var label = options.Labels.Length > 0 ? -1 : Take(source, taken, "columns.label", options.Label);
        int[] labels = [.. options.Labels.Select(column => Take(source, taken, "columns.labels", column))];
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
            throw source.Damaged("No column is left for the input.", "at least one column besides label, id, time, weight and the ignored ones");
        ColumnKind[] kinds = [.. inputs.Select(i => numeric.Contains(i) ? ColumnKind.Numeric : categorical.Contains(i) ? ColumnKind.Categorical : ColumnKind.ByValue)];
        var sample = TableSample.Of(source, label, inputs, data.Table);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (text < 0 && kinds[i] != ColumnKind.Categorical && sample.Inputs[i].NumberWithOtherSeparator is { } number)
            {
                var other = ColumnSample.OtherSeparator(data.Table.Decimal);
                throw new DataOptionException(
                    "table.decimal", data.Table.Decimal.ToString(), $"the column {source.Columns[inputs[i]]} of {source.Name} holds '{number}', which is a number only with the decimal separator '{other}'; set data.table.decimal to '{other}', or add the column to data.columns.categorical if its values are words");
            }
        }

        var form = FormOf(source, options, inputs, kinds, sample);
        // A column of numbers may still hold words; they are counted where numbers are more frequent.
        var mixed = inputs.Select((_, i) => form == TableForm.Features && kinds[i] == ColumnKind.ByValue && sample.Inputs[i].Numbers > sample.Inputs[i].Words).ToArray();
        return new TableColumns(label, labels, id, time, weight, inputs, kinds, form, sample.HasNames, mixed);
    }

    private static TableForm FormOf(TableSource source, ColumnOptions options, int[] inputs, ColumnKind[] kinds, TableSample sample)
    {
        if (options.Text is not null)
            return TableForm.Text;
        if (options.Input == TableInput.Features || (options.Input == TableInput.Auto && kinds.Any(static k => k != ColumnKind.ByValue)))
            return TableForm.Features;
        if (options.Input == TableInput.Auto && inputs.Length == 1 && sample.Inputs[0].Words > 0)
            return TableForm.Text;
        if (options.Input == TableInput.Auto && sample.Inputs.Any(static c => c.Words + c.Missing + c.LargeNumbers > 0))
            return TableForm.Features;
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
            throw new DataOptionException(key, column, $"a column can have one role only, and this one is already data.{taken[ordinal]}");
        return ordinal;
    }
}
