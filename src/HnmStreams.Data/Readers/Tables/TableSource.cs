using System.Globalization;
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
    private readonly TableOptions _table;

    private TableSource(string path, CsvDataReader rows, string[] columns, TableOptions table)
    {
        _path = path;
        _table = table;
        Rows = rows;
        Numbers = NumberParser.FormatOf(table.Decimal);
        Columns = columns;
    }

    public CsvDataReader Rows { get; }

    public string[] Columns { get; }

    /// <summary>The format of numbers.</summary>
    public NumberFormatInfo Numbers { get; }

    /// <summary>The name of the file.</summary>
    public string Name => Path.GetFileName(_path);

    public static TableSource Open(string path, DataOptions options)
    {
        var table = options.Table;
        var encoding = table.TextEncoding()
            ?? throw new DataOptionException("table.encoding", table.Encoding, "the encoding is unknown; set it to utf-8, windows-1252, iso-8859-1 or utf-16, for example");
        var stream = CompressedFile.Open(path, "a table");
        try
        {
            var tabs = options.Format == DataFormat.Tsv || (options.Format == DataFormat.Auto && CompressedFile.Extension(path) == ".tsv");
            var quoted = table.Quoted ?? !tabs;
            var rows = CsvDataReader.Create(new StreamReader(stream, encoding), new CsvDataReaderOptions
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
            return new TableSource(path, rows, columns, table);
        }
        catch (Exception e)
        {
            stream.Dispose();
            if (IsDamage(e))
                throw new DataSourceException(path, ProblemOf(e, table), "a table with at least one row in the encoding that data.table.encoding names", e);
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
            throw Damaged(ProblemOf(e, _table), "rows with the columns of the first line in the encoding that data.table.encoding names", e);
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

    /// <summary>Returns the exception for an invalid value in the current row.</summary>
    public DataSourceException Unreadable(int ordinal, string expected)
    {
        var text = Rows.GetFieldSpan(ordinal);
        var other = ColumnSample.OtherSeparator(_table.Decimal);
        var remedy = NumberParser.TryParseFinite(text, NumberParser.FormatOf(other), out double _) && text.Contains(other) ? $"; or set data.table.decimal to '{other}'" : "";
        return Damaged($"The column {Columns[ordinal]} holds '{text}'.", expected + remedy);
    }

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

    private static string ProblemOf(Exception e, TableOptions table) => e is DecoderFallbackException
        ? $"The file is not {table.Encoding}: {e.Message} Set data.table.encoding to its encoding, for example windows-1252."
        : e.Message;

    private static bool IsDamage(Exception e) =>
        e is CsvFormatException or CsvInvalidCharacterException or InvalidDataException or FormatException or DecoderFallbackException
            or InvalidOperationException or NotSupportedException;
}
