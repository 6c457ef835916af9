using Parquet;
using Parquet.Schema;

namespace HnmStreams.Host.Mine;

/// <summary>An Apache Parquet file with row groups of a fixed size. The file is renamed to its final name when it is complete.</summary>
internal sealed class ParquetSink : INegativesSink
{
    private const int RowsPerGroup = 20_000;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly IReadOnlyList<NegativeColumn> _columns;
    private readonly DataField[] _fields;
    private readonly ParquetSchema _schema;
    private readonly List<object[]> _rows = [];
    private ParquetWriter? _writer;

    public ParquetSink(string path, IReadOnlyList<NegativeColumn> columns)
    {
        (_path, _columns) = (path, columns);
        _file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        _schema = new ParquetSchema(columns.Select(c => new DataField(c.Name, c.Type, isNullable: false, isArray: c.IsList)));
        _fields = _schema.GetDataFields();
    }

    public async ValueTask WriteAsync(object[] row, CancellationToken cancellation)
    {
        _rows.Add(row);
        if (_rows.Count == RowsPerGroup)
            await WriteGroupAsync(cancellation);
    }

    public async Task FinishAsync(CancellationToken cancellation)
    {
        if (_rows.Count > 0 || _writer is null)
            await WriteGroupAsync(cancellation);
        await DisposeAsync();
        File.Move(_path + ".new", _path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is { } writer)
            await writer.DisposeAsync();
        _writer = null;
        await _file.DisposeAsync();
    }

    private async Task WriteGroupAsync(CancellationToken cancellation)
    {
        _writer ??= await ParquetWriter.CreateAsync(_schema, _file, cancellationToken: cancellation);
        using (var group = _writer.CreateRowGroup())
        {
            for (var i = 0; i < _fields.Length; i++)
            {
                var (field, type) = (_fields[i], _columns[i].Type);
                var values = _rows.ConvertAll(r => r[i]);
                if (type == typeof(string))
                    await group.WriteAsync(field, Flat<string>(values), Levels<string>(field, values));
                else if (type == typeof(int))
                    await group.WriteAsync<int>(field, Flat<int>(values), Levels<int>(field, values), null, cancellation);
                else
                    await group.WriteAsync<float>(field, Flat<float>(values), Levels<float>(field, values), null, cancellation);
            }

            group.CompleteValidate();
        }

        _rows.Clear();
    }

    private static T[] Flat<T>(List<object> values) => [.. values.SelectMany(v => v is T[] list ? list : [(T)v])];

    // Repetition levels: 0 starts a row, 1 continues its list.
    private static ReadOnlyMemory<int>? Levels<T>(DataField field, List<object> values) =>
        field.IsArray ? values.SelectMany(v => ((T[])v).Select((_, i) => i == 0 ? 0 : 1)).ToArray() : (ReadOnlyMemory<int>?)null;
}
