namespace HnmStreams.Data.Readers;

/// <summary>A sequence of rows in the form of JSON objects: the lines of a file, or the rows of a columnar file.</summary>
internal interface IRowSource : IDisposable
{
    /// <summary>The number of the row that was read last, from 1.</summary>
    int Line { get; }

    /// <summary>Reads the next row as UTF-8 JSON, valid until the next call. Returns false at the end.</summary>
    /// <exception cref="DataSourceException">The file is damaged.</exception>
    bool Next(out ReadOnlyMemory<byte> row);

    DataSourceException Damaged(string problem, string expected, Exception? cause = null);
}
