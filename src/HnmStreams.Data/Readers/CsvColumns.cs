namespace HnmStreams.Data.Readers;

/// <summary>What the input of a table's rows becomes.</summary>
internal enum CsvForm
{
    Text,
    Floats,
    Pixels,
    Features,
}

/// <summary>What each column of a table is for; told by names and by the first row.</summary>
/// <param name="Id">Ordinal of the id, or -1.</param>
/// <param name="Inputs">Ordinals of the input columns, ascending.</param>
/// <param name="Named">Whether targets are class names; else indices.</param>
internal sealed record CsvColumns(int Label, int Id, int[] Inputs, CsvForm Form, bool Named)
{
    /// <param name="source">At its first row.</param>
    public static CsvColumns Of(CsvSource source, ReaderOptions options)
    {
        var label = source.Ordinal(options.LabelColumn);
        var id = options.IdColumn is { } idColumn ? source.Ordinal(idColumn) : -1;
        int[] inputs = options.TextColumn is { } text
            ? [source.Ordinal(text)]
            : [.. Enumerable.Range(0, source.Columns.Length).Where(i => i != label && i != id)];
        if (inputs.Length == 0)
            throw source.Damaged("No column is left for the input.", "columns besides label and id");
        var named = !Number.TryIndex(source.Rows.GetFieldSpan(label), out _);
        return new CsvColumns(label, id, inputs, FormOf(source, options, inputs), named);
    }

    private static CsvForm FormOf(CsvSource source, ReaderOptions options, int[] inputs)
    {
        if (options.TextColumn is not null)
            return CsvForm.Text;
        if (options.Input == TableInput.Features)
            return CsvForm.Features;
        var numbers = inputs.Count(i => Number.TryFinite(source.Rows.GetFieldSpan(i), out double _));
        if (options.Input == TableInput.Auto && numbers < inputs.Length)
            return inputs.Length == 1 ? CsvForm.Text : CsvForm.Features;
        var side = (int)Math.Sqrt(inputs.Length);
        var pixels = side * side == inputs.Length && inputs.All(i => source.Columns[i].StartsWith("pixel", StringComparison.OrdinalIgnoreCase));
        return pixels ? CsvForm.Pixels : CsvForm.Floats;
    }
}
