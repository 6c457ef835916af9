namespace HnmStreams.Data.Readers;

/// <summary>Which table of a folder is meant.</summary>
internal static class CsvFolder
{
    public static bool IsTable(string path) => DataFile.Ending(path) is ".csv" or ".tsv";

    /// <summary>
    /// The table that is named by the split (<c>train.csv</c>, <c>shuttle-train.csv.gz</c>), else the only one; null
    /// where the folder holds none.
    /// </summary>
    public static string? Find(string folder, string split)
    {
        var tables = Directory.EnumerateFiles(folder).Where(IsTable).Order(StringComparer.Ordinal).ToArray();
        if (tables.Length == 0)
            return null;
        var named = tables.Where(path => IsNamedBy(DataFile.Stem(path), split)).ToArray();
        if (named.Length == 1)
            return named[0];
        if (tables.Length == 1)
            return tables[0];
        throw new DataSourceException(
            folder,
            $"It holds {tables.Length} tables, and {named.Length} of them are named by the split {split}.",
            $"one of {string.Join(", ", tables.Select(Path.GetFileName))}");
    }

    private static bool IsNamedBy(string stem, string split) =>
        stem == split || stem.EndsWith("-" + split, StringComparison.Ordinal) || stem.EndsWith("_" + split, StringComparison.Ordinal);
}
