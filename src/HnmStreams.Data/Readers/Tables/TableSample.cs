using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Readers.Tables;

/// <summary>The sample of a table that determines the kinds of its columns. See <see cref="TableInput.Auto"/> for its size.</summary>
/// <param name="Inputs">The samples of the input columns, in their order.</param>
/// <param name="HasNames">True if a label is not a class index.</param>
internal sealed record TableSample(ColumnSample[] Inputs, bool HasNames)
{
    /// <summary>Reads the sample. O(values).</summary>
    /// <param name="source">The table, before its first row.</param>
    /// <param name="label">The ordinal of the column with the target; -1 if there is none.</param>
    /// <exception cref="DataSourceException">The table has no rows, or a row is damaged.</exception>
    public static TableSample Of(TableSource source, int label, int[] inputs, TableOptions options)
    {
        var missing = new MissingWords(options.Missing);
        ColumnSample[] columns = [.. inputs.Select(i => new ColumnSample(source.Columns[i], missing, options.Decimal))];
        var names = false;
        var values = 0;
        while (values < ColumnSample.MaxValues && source.Next())
        {
            for (var i = 0; i < inputs.Length; i++)
                columns[i].Add(source.Rows.GetFieldSpan(inputs[i]));
            // A missing label is reported when its row is read.
            if (label >= 0)
                names = names || !(LabelText.TryClassIndex(source.Rows.GetFieldSpan(label), out _) || missing.Contains(source.Rows.GetFieldSpan(label)));
            values += inputs.Length;
        }

        return values > 0 ? new TableSample(columns, names) : throw source.Damaged("The table has no rows.", "a table with at least one row");
    }
}
