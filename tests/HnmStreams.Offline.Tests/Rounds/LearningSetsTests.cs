using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Offline.Rounds;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks.Retrieval;

namespace HnmStreams.Offline.Tests.Rounds;

public sealed class LearningSetsTests : IDisposable
{
    private static readonly RetrievalTask Task = new(new RetrievalOptions { Buckets = 256, Embedding = 8 });

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-sets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_a_set_with_sides_queries_search_documents_in_mining_and_in_judging()
    {
        using var store = Shelf();
        var mine = new MineOptions();
        using var test = LearningSets.Fill(Task, store, [Text("q:1", "a"), Text("q:2", "b"), Text("d:1", "a"), Text("d:2", "b"), Text("d:3", "c")], [Text("q:9", "c"), Text("d:1", "a"), Text("d:3", "c")], mine, new EvaluationOptions(), CancellationToken.None);
        Assert.Equal([1, 0, 0], test.Weights.ToArray());

        var rules = new GroupRules(store, mine, seed: 1);
        Assert.Equal([0, 1], rules.Anchors);
        Assert.Equal([2, 3, 4], rules.Candidates);
        Assert.Equal([1], rules.PositivesOf(1).ToArray());
        Assert.Equal([1], rules.ExcludedOf(1).ToArray());
    }

    [Fact]
    public void Without_sides_what_is_judged_searches_what_is_learnt_from()
    {
        using var store = Shelf();
        var mine = new MineOptions();
        using var test = LearningSets.Fill(Task, store, [Text("x1", "a"), Text("x2", "a"), Text("x3", "b")], [Text("x4", "b")], mine, new EvaluationOptions(), CancellationToken.None);
        Assert.Equal([1, 0, 0, 0], test.Weights.ToArray());

        // The third is alone in its group: it is a candidate, and no anchor.
        var rules = new GroupRules(store, mine, seed: 1);
        Assert.Equal([0, 1], rules.Anchors);
        Assert.Equal([0, 1, 2], rules.Candidates);
        Assert.Equal([1], rules.PositivesOf(0).ToArray());
        Assert.Equal([0, 1], rules.ExcludedOf(0).ToArray());
    }

    private ExampleStore Shelf() => new(Path.Combine(_folder, "store"), Task, new WireLimits());

    private static Example Text(string id, string group) => new(id, new Target.Identity(group), new ExampleInput.Text($"words of {id}"));
}
