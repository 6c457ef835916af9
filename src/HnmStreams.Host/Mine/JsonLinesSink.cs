namespace HnmStreams.Host.Mine;

/// <summary>A JSON Lines file, one object per row. The file is renamed to its final name when it is complete.</summary>
internal sealed class JsonLinesSink(string path, IReadOnlyList<NegativeColumn> columns) : INegativesSink
{
    private readonly FileStream _file = new(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);

    public async ValueTask WriteAsync(object[] row, CancellationToken cancellation)
    {
        await _file.WriteAsync(JsonRow.Of(columns, row), cancellation);
        await _file.WriteAsync("\n"u8.ToArray(), cancellation);
    }

    public async Task FinishAsync(CancellationToken cancellation)
    {
        await _file.DisposeAsync();
        File.Move(path + ".new", path, overwrite: true);
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
