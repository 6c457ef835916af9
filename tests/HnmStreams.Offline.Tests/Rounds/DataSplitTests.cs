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
        using var test = DataSplit.Fill(Task, store, [Text("q:1", "a"), Text("q:2", "b"), Text("d:1", "a"), Text("d:2", "b"), Text("d:3", "c")], [Text("q:9", "c"), Text("d:1", "a"), Text("d:3", "c")], mine, new EvaluationOptions(), CancellationToken.None);
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
        using var test = DataSplit.Fill(Task, store, [Text("x1", "a"), Text("x2", "a"), Text("x3", "b")], [Text("x4", "b")], mine, new EvaluationOptions(), CancellationToken.None);
        Assert.Equal([1, 0, 0, 0], test.Weights.ToArray());

        // The third example is the only one of its group, so it is a candidate but not an anchor.
        var rules = new GroupRules(store, mine, seed: 1);
        Assert.Equal([0, 1], rules.Anchors);
        Assert.Equal([0, 1, 2], rules.Candidates);
        Assert.Equal([1], rules.PositivesOf(0).ToArray());
        Assert.Equal([0, 1], rules.ExcludedOf(0).ToArray());
    }

    private ExampleStore Store() => new(Path.Combine(_folder, "store"), Task, new WireLimits());

    private static Example Text(string id, string group) => new(id, new Target.Identity(group), new ExampleInput.Text($"words of {id}"));
}
