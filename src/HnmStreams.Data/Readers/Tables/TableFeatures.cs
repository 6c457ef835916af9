using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Tables;

/// <summary>The features of the rows of one pass over a table. Missing values are omitted.</summary>
internal sealed class TableFeatures(TableColumns columns, MissingWords missing, TableSource source, SkipCounts skipped)
{
    public const string MissingWord = "values that mean missing";
    public const string WordAmongNumbers = "words in columns of numbers, kept as categories";

    // Categories repeat: one string for each, up to this number.
    private const int MaxCategories = 1 << 16;
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _categories =
        new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Reads the features of the current row.</summary>
    /// <exception cref="DataSourceException">A value of a numeric column is not a number.</exception>
    public List<Feature> Read()
    {
        var features = new List<Feature>(columns.Inputs.Length);
        for (var i = 0; i < columns.Inputs.Length; i++)
        {
            var ordinal = columns.Inputs[i];
            var text = source.Rows.GetFieldSpan(ordinal);
            if (text.IsEmpty)
                continue;
            var number = 0.0;
            // First, because a number may mean missing (-999).
            if (missing.Contains(text))
                Count(MissingWord, ordinal, text);
            else if (columns.Kinds[i] != ColumnKind.Categorical && NumberParser.TryParseFinite(text, source.Numbers, out number))
                features.Add(new Feature(source.Columns[ordinal], number, null));
            else if (columns.Kinds[i] == ColumnKind.Numeric)
                throw source.Unreadable(ordinal, "a finite number, as required by data.columns.numeric, or a word that data.table.missing contains");
            else
                features.Add(new Feature(source.Columns[ordinal], 0, Category(i, ordinal, text)));
        }

        return features;
    }

    private string Category(int input, int ordinal, ReadOnlySpan<char> text)
    {
        if (columns.AreMostlyNumbers[input])
            Count(WordAmongNumbers, ordinal, text);
        if (_categories.TryGetValue(text, out var category))
            return category;
        category = text.ToString();
        if (_categories.Dictionary.Count < MaxCategories)
            _categories[text] = category;
        return category;
    }

    private void Count(string reason, int ordinal, ReadOnlySpan<char> text)
    {
        if (!skipped.TryIncrement(reason))
            skipped.Add(reason, $"{source.Columns[ordinal]} = '{text}' in row {NumberParser.Format(source.Rows.RowNumber)}");
    }
}
