using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Offline.Ranking;
using HnmStreams.Offline.Rounds;
using HnmStreams.Offline.Storage;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks.Retrieval;

namespace HnmStreams.Offline.Tests.Rounds;

public sealed class DataSplitTests : IDisposable
{
    private static readonly RetrievalTask Task = new(new RetrievalOptions { Buckets = 256, Embedding = 8 });

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-sets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Queries_search_documents_in_mining_and_evaluation_of_a_data_set_with_two_sides()
    {
        using var store = Store();
        var mine = new MineOptions();
        using var test = DataSplit.Fill(Task, store, StoreRecord.Of([Text("q:1", "a"), Text("q:2", "b"), Text("d:1", "a"), Text("d:2", "b"), Text("d:3", "c")]), StoreRecord.Of([Text("q:9", "c"), Text("d:1", "a"), Text("d:3", "c")]), mine, new EvaluationOptions(), CancellationToken.None);
        Assert.Equal([1, 0, 0], test.Weights.ToArray());

        var rules = new GroupRules(store, mine, seed: 1);
        Assert.Equal([0, 1], rules.Anchors);
        Assert.Equal([2, 3, 4], rules.Candidates);
        Assert.Equal([1], rules.PositivesOf(1).ToArray());
        Assert.Equal([1], rules.ExcludedOf(1).ToArray());
    }

    [Fact]
    public void Test_rows_search_the_training_examples_of_a_data_set_without_sides()
    {
        using var store = Store();
        var mine = new MineOptions();
        using var test = DataSplit.Fill(Task, store, StoreRecord.Of([Text("x1", "a"), Text("x2", "a"), Text("x3", "b")]), StoreRecord.Of([Text("x4", "b")]), mine, new EvaluationOptions(), CancellationToken.None);
        Assert.Equal([1, 0, 0, 0], test.Weights.ToArray());

        // The third example is the only one of its group, so it is a candidate but not an anchor.
        var rules = new GroupRules(store, mine, seed: 1);
        Assert.Equal([0, 1], rules.Anchors);
        Assert.Equal([0, 1, 2], rules.Candidates);
        Assert.Equal([1], rules.PositivesOf(0).ToArray());
        Assert.Equal([0, 1], rules.ExcludedOf(0).ToArray());
    }

    [Fact]
    public void The_newest_record_of_an_id_counts_in_any_part()
    {
        var evaluation = new EvaluationOptions { HeldOutShare = 0.3 };
        using var once = Store();
        using var expected = DataSplit.Fill(Task, once, StoreRecord.Of([Text("x1", "a"), Text("x2", "b"), Text("x3", "b"), Text("x4", "a"), Text("x5", "c"), Text("x6", "c")]), null, new MineOptions(), evaluation, CancellationToken.None);
        using var twice = new ExampleStore(Path.Combine(_folder, "twice"), Task, new WireLimits());
        StoreRecord[] records =
        [
            .. StoreRecord.Of([Text("x1", "z"), Text("x2", "z"), Text("x3", "z"), Text("x9", "z"), Text("x4", "z"), Text("x5", "z"), Text("x6", "z")]),
            .. StoreRecord.Of([Text("x1", "a"), Text("x2", "b"), Text("x3", "b"), Text("x4", "a"), Text("x5", "c"), Text("x6", "c")]).Select(static r => r with { Order = r.Order with { Offset = r.Order.Offset + 100 } }),
            new StoreRecord(ExampleKey.Of("x9"), "x9", null, new RecordOrder(0, 200, 0)),
        ];
        using var actual = DataSplit.Fill(Task, twice, records, null, new MineOptions(), evaluation, CancellationToken.None);
        Assert.Equal((once.Count, once.Fingerprint, once.HeldOutCount), (twice.Count, twice.Fingerprint, twice.HeldOutCount));
        Assert.Equal(expected.Labels.ToArray(), actual.Labels.ToArray());
        Assert.Equal("6 older records of the same id (such as x1), 1 examples deleted by tombstones (such as x9)", twice.Skipped.ToString());
    }

    [Fact]
    public void The_newest_record_of_an_id_counts_in_a_separate_test_set()
    {
        using var store = Store();
        using var test = DataSplit.Fill(Task, store, StoreRecord.Of([Text("x1", "a"), Text("x2", "a")]), StoreRecord.Of([Text("x1", "b"), Text("x4", "b"), Text("x1", "a")]), new MineOptions(), new EvaluationOptions(), CancellationToken.None);
        // The rows that are searched follow.
        Assert.Equal([1, 1, 0, 0], test.Weights.ToArray());
        Assert.Equal(store.LabelOf(0), test.Labels[1]);
        Assert.Equal(1, store.Skipped["older records of the same id"]);
    }

    private ExampleStore Store() => new(Path.Combine(_folder, "store"), Task, new WireLimits());

    private static Example Text(string id, string group) => new(id, new Target.Identity(group), new ExampleInput.Text($"words of {id}"));
}
