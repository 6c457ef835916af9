using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Synthetic;
using Parquet;
using Parquet.Serialization;

namespace HnmStreams.Data.Tests.Readers.Columnar;

public sealed class ParquetRowsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_become_features_with_their_types()
    {
        var path = await WriteAsync(5);
        var read = ExampleReaders.Open(path, new DataOptions { Columns = { Time = "at" } }).Read(TestContext.Current.CancellationToken).ToList();
        Assert.Equal(["t-1", "t-2", "t-3", "t-4", "t-5"], read.Select(static e => e.Id));
        Assert.Equal([new Feature("amount", 0.5, null), new Feature("country", 0, "c0"), new Feature("count", 0, null), new Feature("fresh", 0, "true")], Features(read[0]));
        // A null and a NaN are missing.
        Assert.Equal(["country", "count", "fresh"], Features(read[1]).Select(static f => f.Name));
        Assert.Equal(["country", "count", "fresh"], Features(read[2]).Select(static f => f.Name));
        Assert.Equal(new Target.Label("spam"), read[0].Target);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 0, 4, TimeSpan.Zero), read[4].EventTime);
    }

    [Fact]
    public async Task Reads_all_row_groups_and_can_be_read_again()
    {
        var path = await WriteAsync(250, groupSize: 100);
        var reader = ExampleReaders.Open(path, new DataOptions());
        Assert.Equal(250, reader.Read(TestContext.Current.CancellationToken).Select(static e => e.Id).Distinct().Count());
        Assert.Equal(250, reader.Read(TestContext.Current.CancellationToken).Count());
    }

    [Fact]
    public async Task Damaged_files_give_a_data_exception()
    {
        var bytes = await File.ReadAllBytesAsync(await WriteAsync(50), TestContext.Current.CancellationToken);
        var random = SplitMix64.Of(1, 0);
        for (var i = 0; i < 200; i++)
        {
            var damaged = (byte[])bytes.Clone();
            if (i % 2 == 0)
                damaged = damaged[..random.Below(damaged.Length)];
            else
                damaged[random.Below(damaged.Length)] ^= (byte)(1 << random.Below(8));
            var path = _folder.Write("damaged.parquet", damaged);
            try
            {
                foreach (var example in ExampleReaders.Open(path, new DataOptions()).Read(TestContext.Current.CancellationToken))
                    Assert.NotEmpty(example.Id);
            }
            catch (Exception e) when (e is DataSourceException or DataOptionException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private static IReadOnlyList<Feature> Features(Example e) => Assert.IsType<ExampleInput.Features>(e.Input).Items;

    private async Task<string> WriteAsync(int count, int groupSize = 1000)
    {
        var path = Path.Combine(_folder.Path, "t.parquet");
        var rows = Enumerable.Range(0, count).Select(static i => new Row
        {
            label = i % 2 == 0 ? "spam" : "ham",
            amount = i == 1 ? null : i == 2 ? double.NaN : i + 0.5,
            country = $"c{i % 3}",
            count = i,
            fresh = i % 2 == 0,
            at = new DateTime(2026, 11, 23, 10, 0, 0, DateTimeKind.Utc).AddSeconds(i),
        });
        await using var file = File.Create(path);
        await ParquetSerializer.SerializeAsync(rows, file, new ParquetOptions { RowGroupSize = groupSize });
        return path;
    }

#pragma warning disable IDE1006 // The names are those of the columns.
    private sealed class Row
    {
        public string? label { get; set; }

        public double? amount { get; set; }

        public string? country { get; set; }

        public long count { get; set; }

        public bool fresh { get; set; }

        public DateTime at { get; set; }
    }
}
