namespace HnmStreams.Data.Readers.Tables;

/// <summary>Which table (or file of JSON lines) of a folder is meant.</summary>
internal static class TableFolder
{
    public static bool IsTable(string path) => CompressedFile.Ending(path) is ".csv" or ".tsv";

    public static bool IsJsonLines(string path) => CompressedFile.Ending(path) is ".jsonl" or ".ndjson";

    /// <summary>
    /// The table that is named by the part (<c>train.csv</c>, <c>shuttle-train.csv.gz</c>), else the only one; null
    /// where the folder holds none.
    /// </summary>
    /// <param name="strict">Refuse where several could be meant; else give any, to tell the kind.</param>
    public static string? Find(string folder, string part, bool strict = true)
    {
        var tables = Tables(folder);
        if (tables.Length == 0)
            return null;
        var named = tables.Where(path => IsNamedBy(CompressedFile.Stem(path), part)).ToArray();
        if (named.Length == 1)
            return named[0];
        if (tables.Length == 1 || !strict)
            return tables[0];
        throw new DataSourceException(
            folder,
            $"It holds {tables.Length} tables, and {named.Length} of them are named by the part {part}.",
            $"one of {string.Join(", ", tables.Select(Path.GetFileName))}");
    }

    public static bool HasPart(string folder, string part) => Tables(folder).Count(path => IsNamedBy(CompressedFile.Stem(path), part)) == 1;

    private static string[] Tables(string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(static path => IsTable(path) || IsJsonLines(path)).Order(StringComparer.Ordinal)];

    private static bool IsNamedBy(string stem, string part) =>
        stem == part || stem.EndsWith("-" + part, StringComparison.Ordinal) || stem.EndsWith("_" + part, StringComparison.Ordinal);
}
