using System.Text;
using HnmStreams.Data.Options;
using Sylvan.Data.Csv;

namespace HnmStreams.Data.Readers.Tables;

/// <summary>An open table: the CSV reader and the names of the columns.</summary>
internal sealed class TableSource : IDisposable
{
    /// <summary>The maximum number of characters of one row.</summary>
    private const int MaxRowCharacters = 1 << 22;
    private readonly string _path;

    private TableSource(string path, CsvDataReader rows, string[] columns)
    {
        _path = path;
        Rows = rows;
        Columns = columns;
    }

    public CsvDataReader Rows { get; }

    public string[] Columns { get; }

    public static TableSource Open(string path, DataOptions options)
    {
        var stream = CompressedFile.Open(path, "a table");
        try
        {
            var table = options.Table;
            var tabs = options.Format == DataFormat.Tsv || (options.Format == DataFormat.Auto && CompressedFile.Extension(path) == ".tsv");
            var quoted = table.Quoted ?? !tabs;
            var rows = CsvDataReader.Create(new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true)), new CsvDataReaderOptions
            {
                HasHeaders = table.Header,
                Delimiter = table.Delimiter ?? (tabs ? '\t' : null),
                Quote = quoted ? '"' : '\0',
                Escape = quoted ? '"' : '\0',
                // Lines that start with '#' are data, not comments.
                Comment = '\0',
                MaxBufferSize = MaxRowCharacters,
            });
            string[] columns = [.. Enumerable.Range(0, rows.FieldCount).Select(i => table.Header ? rows.GetName(i) : NumberParser.Format(i))];
            if (table.Names.Length > 0)
                columns = Named(path, table, columns.Length);
            if (columns.GroupBy(static c => c, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1)?.Key is { } duplicate)
                throw new DataSourceException(path, $"The column name '{duplicate}' occurs more than once.", "unique column names; or data.table.header false with data.table.names");
            return new TableSource(path, rows, columns);
        }
        catch (Exception e)
        {
            stream.Dispose();
            if (IsDamage(e))
                throw new DataSourceException(path, e.Message, "a table in UTF-8 with at least one row", e);
            throw;
        }
    }

    /// <summary>Advances to the next row. Returns false at the end.</summary>
    public bool Next()
    {
        try
        {
            if (!Rows.Read())
                return false;
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(e.Message, "rows with the columns of the first line", e);
        }

        if (Rows.RowFieldCount != Columns.Length)
            throw Damaged($"The row has {Rows.RowFieldCount} fields.", $"{Columns.Length}, as in the first line");
        return true;
    }

    /// <exception cref="DataOptionException">The column does not exist.</exception>
    public int Ordinal(string key, string column)
    {
        var ordinal = Array.IndexOf(Columns, column);
        return ordinal >= 0
            ? ordinal
            : throw new DataOptionException(key, column, $"{Path.GetFileName(_path)} has no column of this name; {NearestName.Advice(Columns, column)}");
    }

    public DataSourceException Damaged(string problem, string expected, Exception? cause = null) =>
        new(_path, $"Row {Rows.RowNumber}: {problem}", expected, cause);

    public void Dispose() => Rows.Dispose();

    private static string[] Named(string path, TableOptions table, int columns)
    {
        var names = string.Join(", ", table.Names);
        if (table.Header)
            throw new DataOptionException("table.names", names, "the first line holds the names already; remove this setting, or set data.table.header to false");
        if (table.Names.Length != columns)
            throw new DataOptionException("table.names", names, $"the number of names must be the number of columns, {columns} columns in {Path.GetFileName(path)}, but is {table.Names.Length}");
        return table.Names.Distinct(StringComparer.Ordinal).Count() == columns
            ? table.Names
            : throw new DataOptionException("table.names", names, "a name occurs twice; column names must be unique");
    }

    private static bool IsDamage(Exception e) =>
        e is CsvFormatException or CsvInvalidCharacterException or InvalidDataException or FormatException or DecoderFallbackException
            or InvalidOperationException or NotSupportedException;
}
