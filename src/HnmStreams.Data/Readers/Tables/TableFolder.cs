namespace HnmStreams.Data.Readers.Tables;

/// <summary>The choice of a table or JSON lines file in a folder.</summary>
internal static class TableFolder
{
    public static bool IsTable(string path) => CompressedFile.Extension(path) is ".csv" or ".tsv";

    /// <summary>Returns true for files whose rows are read as JSON objects.</summary>
    public static bool IsJsonLines(string path) => CompressedFile.Extension(path) is ".jsonl" or ".ndjson" or ".parquet" or ".arrow" or ".feather";

    /// <summary>
    /// Returns the table named after the part (<c>train.csv</c>, <c>shuttle-train.csv.gz</c>), else the only table, or null if
    /// the folder holds none.
    /// </summary>
    /// <param name="strict">True to reject an ambiguous choice; false to return any table, which identifies the format.</param>
    public static string? Find(string folder, string part, bool strict = true)
    {
        var tables = Tables(folder);
        if (tables.Length == 0)
            return null;
        var named = tables.Where(path => IsNamedAfter(CompressedFile.Stem(path), part)).ToArray();
        if (named.Length == 1)
            return named[0];
        if (tables.Length == 1 || !strict)
            return tables[0];
        throw new DataSourceException(
            folder,
            $"The folder holds {tables.Length} tables, of which {named.Length} are named after the part {part}.",
            $"one of {string.Join(", ", tables.Select(Path.GetFileName))}");
    }

    public static bool HasPart(string folder, string part) => Tables(folder).Count(path => IsNamedAfter(CompressedFile.Stem(path), part)) == 1;

    private static string[] Tables(string folder) =>
        [.. HiddenNames.VisibleFiles(folder).Where(static path => IsTable(path) || IsJsonLines(path)).Order(StringComparer.Ordinal)];

    private static bool IsNamedAfter(string stem, string part) =>
        stem == part || stem.EndsWith("-" + part, StringComparison.Ordinal) || stem.EndsWith("_" + part, StringComparison.Ordinal);
}
