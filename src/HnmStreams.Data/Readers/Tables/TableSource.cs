using System.Text;
using HnmStreams.Data.Options;
using Sylvan.Data.Csv;

namespace HnmStreams.Data.Readers.Tables;

/// <summary>Opens a table with the library's reader, and knows its columns' names.</summary>
internal sealed class TableSource : IDisposable
{
    /// <summary>Characters of one row; a row must fit.</summary>
    private const int MostCharacters = 1 << 22;
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
            var tabs = options.Format == DataFormat.Tsv || (options.Format == DataFormat.Auto && CompressedFile.Ending(path) == ".tsv");
            var quoted = table.Quoted ?? !tabs;
            var rows = CsvDataReader.Create(new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true)), new CsvDataReaderOptions
            {
                HasHeaders = table.Header,
                Delimiter = table.Delimiter ?? (tabs ? '\t' : null),
                Quote = quoted ? '"' : '\0',
                Escape = quoted ? '"' : '\0',
                // Lines that start with '#' are rows like any other.
                Comment = '\0',
                MaxBufferSize = MostCharacters,
            });
            string[] columns = [.. Enumerable.Range(0, rows.FieldCount).Select(i => table.Header ? rows.GetName(i) : NumberParser.Format(i))];
            if (table.Names.Length > 0)
                columns = Named(path, table, columns.Length);
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

    /// <summary>Steps to the next row; false behind the last.</summary>
    public bool Next()
    {
        try
        {
            if (!Rows.Read())
                return false;
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(e.Message, "rows of the columns that the first line names", e);
        }

        if (Rows.RowFieldCount != Columns.Length)
            throw Damaged($"It has {Rows.RowFieldCount} fields.", $"{Columns.Length}, as in the first line");
        return true;
    }

    /// <exception cref="DataOptionException">There is no such column.</exception>
    public int Ordinal(string key, string column)
    {
        var ordinal = Array.IndexOf(Columns, column);
        return ordinal >= 0
            ? ordinal
            : throw new DataOptionException(key, column, $"{Path.GetFileName(_path)} has no column of that name; {NearestName.Advice(Columns, column)}");
    }

    public DataSourceException Damaged(string problem, string expected, Exception? cause = null) =>
        new(_path, $"Row {Rows.RowNumber}: {problem}", expected, cause);

    public void Dispose() => Rows.Dispose();

    private static string[] Named(string path, TableOptions table, int columns)
    {
        var names = string.Join(", ", table.Names);
        if (table.Header)
            throw new DataOptionException("table.names", names, "the first line holds the names already; leave them out, or set data.table.header to false");
        if (table.Names.Length != columns)
            throw new DataOptionException("table.names", names, $"these are {table.Names.Length} names, and {Path.GetFileName(path)} has {columns} columns; name each once");
        return table.Names.Distinct(StringComparer.Ordinal).Count() == columns
            ? table.Names
            : throw new DataOptionException("table.names", names, "a name stands there twice; name each column differently");
    }

    private static bool IsDamage(Exception e) =>
        e is CsvFormatException or CsvInvalidCharacterException or InvalidDataException or FormatException or DecoderFallbackException
            or InvalidOperationException or NotSupportedException;
}
