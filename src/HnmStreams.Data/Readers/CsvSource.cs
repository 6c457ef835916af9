using System.Text;
using Sylvan.Data.Csv;

namespace HnmStreams.Data.Readers;

/// <summary>Opens a table with the library's reader, and knows its columns' names.</summary>
internal sealed class CsvSource : IDisposable
{
    /// <summary>Characters of one row; a row must fit.</summary>
    private const int MostCharacters = 1 << 22;
    private readonly string _path;

    private CsvSource(string path, CsvDataReader rows, string[] columns)
    {
        _path = path;
        Rows = rows;
        Columns = columns;
    }

    public CsvDataReader Rows { get; }

    public string[] Columns { get; }

    public static CsvSource Open(string path, ReaderOptions options)
    {
        var stream = DataFile.Open(path, "a table");
        try
        {
            var tabs = DataFile.Ending(path) == ".tsv";
            var quoted = options.Quoted ?? !tabs;
            var rows = CsvDataReader.Create(new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true)), new CsvDataReaderOptions
            {
                HasHeaders = options.HasHeader,
                Delimiter = options.Delimiter ?? (tabs ? '\t' : null),
                Quote = quoted ? '"' : '\0',
                Escape = quoted ? '"' : '\0',
                // Lines that start with '#' are rows like any other.
                Comment = '\0',
                MaxBufferSize = MostCharacters,
            });
            string[] columns = [.. Enumerable.Range(0, rows.FieldCount).Select(i => options.HasHeader ? rows.GetName(i) : Number.Text(i))];
            return new CsvSource(path, rows, columns);
        }
        catch (Exception e) when (IsDamage(e))
        {
            stream.Dispose();
            throw new DataSourceException(path, e.Message, "a table in UTF-8 with at least one row", e);
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

    public int Ordinal(string column)
    {
        var ordinal = Array.IndexOf(Columns, column);
        return ordinal >= 0 ? ordinal : throw new DataSourceException(_path, $"There is no column {column}.", $"one of {string.Join(", ", Columns)}");
    }

    public DataSourceException Damaged(string problem, string expected, Exception? cause = null) =>
        new(_path, $"Row {Rows.RowNumber}: {problem}", expected, cause);

    public void Dispose() => Rows.Dispose();

    private static bool IsDamage(Exception e) =>
        e is CsvFormatException or CsvInvalidCharacterException or InvalidDataException or FormatException or DecoderFallbackException
            or InvalidOperationException or NotSupportedException;
}
