using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Mine;
using HnmStreams.Offline.Storage;
using HnmStreams.Tasks.Text;
using HnmStreams.Testing;
using Parquet.Serialization;

namespace HnmStreams.Host.Tests.Mine;

public sealed class NegativeFormatsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ExampleStore _store;

    // Texts t0 to t7 with ids i0 to i7; the first two are of the rare class.
    private static readonly MinedAnchor[] Mined =
    [
        new(0, [new(1, 0.9f)], [new(2, 0.8f), new(3, 0.7f)]),
        new(4, [new(5, 0.6f), new(6, 0.5f)], [new(7, 0.4f)]),
    ];

    public NegativeFormatsTests()
    {
        _store = new ExampleStore(Path.Combine(_folder.Path, "store"), new TextTask(new TextOptions { Positive = "rare" }), new WireLimits());
        for (var i = 0; i < 8; i++)
            _store.Add(StoreRecord.Of(new Example($"i{i}", new Target.Label(i < 2 ? "rare" : "common"), new ExampleInput.Text($"t{i}")), new RecordOrder(0, i, 0)));
        _store.Close();
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("triplet", "t0|t1|t2|i0|i1|i2|0.9|0.8", "t0|t1|t3|i0|i1|i3|0.9|0.7", "t4|t5|t7|i4|i5|i7|0.6|0.4", "t4|t6|t7|i4|i6|i7|0.5|0.4")]
    [InlineData("n-tuple", "t0|t1|t2|t3|i0|i1|i2|i3|0.9|0.8|0.7")]
    [InlineData("labeled-pair", "t0|t1|1|i0|i1|0.9", "t0|t2|0|i0|i2|0.8", "t0|t3|0|i0|i3|0.7", "t4|t5|1|i4|i5|0.6", "t4|t6|1|i4|i6|0.5", "t4|t7|0|i4|i7|0.4")]
    [InlineData("labeled-list", "t0|t1,t2,t3|1,0,0|i0|i1,i2,i3|0.9,0.8,0.7", "t4|t5,t6,t7|1,1,0|i4|i5,i6,i7|0.6,0.5,0.4")]
    public async Task A_format_is_equal_as_rows_JSON_Lines_and_Parquet(string name, params string[] expected)
    {
        var rows = new NegativeRows(_store, NegativeFormats.ByName[name], 2, seed: 1);
        var all = Mined.SelectMany(rows.Of).ToArray();
        Assert.Equal(expected, all.Select(r => string.Join('|', r.Select(Text))));
        Assert.All(all, r => Assert.Equal(rows.Columns.Count, r.Length));

        var (json, parquet) = (Path.Combine(_folder.Path, "a.jsonl"), Path.Combine(_folder.Path, "a.parquet"));
        foreach (INegativesSink sink in new INegativesSink[] { new JsonLinesSink(json, rows.Columns), new ParquetSink(parquet, rows.Columns) })
        {
            await using (sink)
            {
                foreach (var row in all)
                    await sink.WriteAsync(row, TestContext.Current.CancellationToken);
                await sink.FinishAsync(TestContext.Current.CancellationToken);
            }
        }

        var lines = File.ReadLines(json).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(expected, lines.Select(l => string.Join('|', l.EnumerateObject().Select(p => Text(p.Value)))));
        Assert.All(lines, l => Assert.Equal(rows.Columns.Select(c => c.Name), l.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(await ColumnsOf(parquet), rows.Columns.Select((c, i) => $"{c.Name}: {string.Join(',', all.Select(r => Text(r[i])))}"));
    }

    [Fact]
    public void Without_embeddings_the_anchor_is_the_rare_class_with_random_positives()
    {
        var rows = new NegativeRows(_store, NegativeFormat.Triplet, 1, seed: 1);
        var row = Assert.Single(rows.Of(new MinedAnchor(-1, [], [new ScoredRow(5, 0.25f)])));
        Assert.Equal(("rare", "t5", "rare", "i5", 0.25f), ((string)row[0], (string)row[2], (string)row[3], (string)row[5], (float)row[7]));
        Assert.Contains((string)row[1], new[] { "t0", "t1" });
        Assert.True(float.IsNaN((float)row[6]));
        Assert.Contains("\"positive_score\":null", System.Text.Encoding.UTF8.GetString(JsonRow.Of(rows.Columns, row)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incomplete_file_is_not_renamed()
    {
        var path = Path.Combine(_folder.Path, "a.parquet");
        var rows = new NegativeRows(_store, NegativeFormat.Triplet, 1, seed: 1);
        await using (var sink = new ParquetSink(path, rows.Columns))
            await sink.WriteAsync(rows.Of(Mined[0]).First(), TestContext.Current.CancellationToken);
        Assert.False(File.Exists(path));
    }

    private static async Task<List<string>> ColumnsOf(string path)
    {
        await using var file = File.OpenRead(path);
        var rows = (await ParquetSerializer.DeserializeUntypedAsync(file, null, null, TestContext.Current.CancellationToken)).Data;
        return [.. rows[0].Keys.Select(name => $"{name}: {string.Join(',', rows.Select(r => Text(r[name]!)))}")];
    }

    private static string Text(object value) => value switch
    {
        float score => score.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture),
        string text => text,
        ReadOnlyMemory<char> text => text.ToString(),
        System.Collections.IEnumerable list => string.Join(',', list.Cast<object>().Select(Text)),
        JsonElement { ValueKind: JsonValueKind.Array } json => string.Join(',', json.EnumerateArray().Select(e => Text(e))),
        JsonElement json => json.ToString(),
        _ => value.ToString()!,
    };
}
