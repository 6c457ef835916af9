using System.Globalization;
using Parquet;
using Parquet.Serialization;

namespace HnmStreams.Data.Readers.Columnar;

/// <summary>The rows of a Parquet file. One row group is held in memory.</summary>
internal sealed class ParquetRows : IRowSource
{
    private const string Expected = "a complete Parquet file";
    private readonly string _path;
    private readonly FileStream _file;
    private readonly int _groups;
    private readonly JsonRowBuffer _row = new();
    private IList<Dictionary<string, object?>> _rows = [];
    private int _nextGroup;
    private int _nextRow;

    private ParquetRows(string path, FileStream file, int groups) => (_path, _file, _groups) = (path, file, groups);

    public int Line { get; private set; }

    /// <exception cref="DataSourceException">The file does not exist or is not a Parquet file.</exception>
    public static ParquetRows Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return new ParquetRows(path, file, CountGroups(file));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            file?.Dispose();
            throw new DataSourceException(path, e.Message, Expected, e);
        }
    }

    public bool Next(out ReadOnlyMemory<byte> row)
    {
        row = default;
        while (_nextRow == _rows.Count)
        {
            if (_nextGroup == _groups)
                return false;
            (_rows, _nextRow) = (ReadGroup(_nextGroup++), 0);
        }

        Line++;
        JsonValues.Write(_row.Begin(), _rows[_nextRow++]);
        row = _row.End();
        return true;
    }

    public DataSourceException Damaged(string problem, string expected, Exception? cause = null) =>
        new(_path, string.Create(CultureInfo.InvariantCulture, $"Row {Line}: {problem}"), expected, cause);

    public void Dispose()
    {
        _row.Dispose();
        _file.Dispose();
    }

    private static int CountGroups(FileStream file) => Task.Run(async () =>
    {
        await using var reader = await ParquetReader.CreateAsync(file, leaveStreamOpen: true);
        return reader.RowGroupCount;
    }).GetAwaiter().GetResult();

    // A damaged file makes the library fail in many ways.
    private IList<Dictionary<string, object?>> ReadGroup(int group)
    {
        try
        {
            return Task.Run(async () =>
            {
                _file.Position = 0;
                var read = await ParquetSerializer.DeserializeUntypedAsync(_file, null, group);
                return (IList<Dictionary<string, object?>>)[.. read.Data.Select(static r => new Dictionary<string, object?>(r!, StringComparer.Ordinal))];
            }).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new DataSourceException(_path, string.Create(CultureInfo.InvariantCulture, $"Row group {group} cannot be read: {e.Message}"), Expected, e);
        }
    }
}
