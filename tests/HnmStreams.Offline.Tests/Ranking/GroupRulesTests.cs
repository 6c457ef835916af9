using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Ranking;
using HnmStreams.Offline.Rounds;
using HnmStreams.Offline.Storage;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks.Retrieval;

namespace HnmStreams.Offline.Tests.Ranking;

public sealed class GroupRulesTests : IDisposable
{
    private static readonly RetrievalTask Task = new(new RetrievalOptions { Buckets = 256, Embedding = 8 });
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-rules-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Positives_and_exclusions_are_those_of_each_query_in_a_chain_of_shared_documents()
    {
        using var store = Chain(10);
        var rules = new GroupRules(store, new MineOptions { Positives = 5 }, seed: 1);
        Assert.Equal(10, rules.Anchors.Length);
        for (var query = 0; query < 10; query++)
        {
            // The relevant documents of query i are i and i + 1, which are the candidates with these numbers.
            Assert.Equal([query, query + 1], rules.PositivesOf(query).ToArray());
            Assert.Equal([query, query + 1], rules.ExcludedOf(query).ToArray());
        }
    }

    [Fact]
    public void A_copy_of_a_relevant_document_is_excluded_regardless_of_its_group()
    {
        using var store = Store(
            Text("q:1", "capital of Aren", "q:1"), Text("q:2", "first name of Vorn", "q:2"),
            Text("d:1", "Aldora", "q:1"), Text("d:2", "Aldora", "q:2"), Text("d:3", "Brint", "d:3"), Text("d:4", "aldora", "d:4"));
        var rules = new GroupRules(store, new MineOptions(), seed: 1);
        Assert.Equal([0], rules.PositivesOf(0).ToArray());
        Assert.Equal([0, 1], rules.ExcludedOf(0).ToArray()[..2]);
        Assert.Equal([0, 1], rules.ExcludedOf(1).ToArray()[..2]);
        Assert.DoesNotContain(2, rules.ExcludedOf(0).ToArray());
    }

    [Fact]
    public void Mined_sets_of_a_chain_have_judged_positives_and_unjudged_negatives_without_a_margin()
    {
        using var store = Chain(12);
        var mine = new MineOptions { Folder = Path.Combine(_folder, "rounds"), Rounds = 1, WarmupSteps = 5, Steps = 5, RelativeMargin = 0, Negatives = 8, Positives = 4 };
        using var test = new RowBuffer();
        using var rounds = new MiningRounds(Task, embeds: true, new PipelineOptions { Compute = { Threads = 1 } }, mine, store, test, null, TimeProvider.System);
        Assert.Single(rounds.Run(_ => { }, TestContext.Current.CancellationToken));
        using var mined = rounds.Mined(1);
        Assert.True(mined.Count > 6);
        for (var i = 0; i < mined.Count; i++)
        {
            var query = int.Parse(store.Read(mined[i].Anchor).Id[2..], null);
            Assert.All(mined[i].Positives, p => Assert.Contains(int.Parse(store.Read(p.Row).Id[2..], null), (int[])[query, query + 1]));
            Assert.All(mined[i].Negatives, n => Assert.DoesNotContain(int.Parse(store.Read(n.Row).Id[2..], null), (int[])[query, query + 1]));
        }
    }

    [Fact]
    public void In_a_batch_of_a_chain_exactly_the_judged_documents_share_a_group_with_their_query()
    {
        using var store = Chain(10);
        var rules = new GroupRules(store, new MineOptions(), seed: 1);
        var batches = new GroupedBatches(store, rules, 8, null, new Xoshiro256StarStar(3));
        var contents = Enumerable.Range(0, store.Count).ToDictionary(store.ContentOf);
        using var rows = new RowBuffer();
        for (var step = 0; step < 20; step++)
        {
            batches.Next(rows);
            Assert.True(rows.Count >= 4);
            var read = Enumerable.Range(0, rows.Count)
                .Select(i => (Row: contents[System.IO.Hashing.XxHash3.HashToUInt64(Task.Input(rows.Payload(i)))], Groups: Task.FurtherGroups(rows.Payload(i)).ToArray().Append(rows.Labels[i]).ToArray()))
                .ToArray();
            foreach (var (row, groups) in read.Where(r => store.Read(r.Row).Id[0] == 'q'))
            {
                // Documents follow the ten queries. No other positive of a query is in the batch.
                Assert.Single(read, r => r.Row == 10 + row || r.Row == 11 + row);
                Assert.All(read.Where(r => r.Row >= 10), r => Assert.Equal(r.Row == 10 + row || r.Row == 11 + row, r.Groups.Intersect(groups).Any()));
            }
        }
    }

    private ExampleStore Chain(int queries) => Store(
    [
        .. Enumerable.Range(0, queries).Select(static i => Text($"q:{i}", $"ask about part {i}", $"q:{i}")),
        .. Enumerable.Range(0, queries + 1).Select(i => Text($"d:{i}", $"answer number {i} of all", $"q:{Math.Min(i, queries - 1)}", i > 0 && i < queries ? [$"q:{i - 1}"] : [])),
    ]);

    private ExampleStore Store(params Example[] examples)
    {
        var store = new ExampleStore(Path.Combine(_folder, "store"), Task, new WireLimits());
        DataSplit.Fill(Task, store, StoreRecord.Of(examples), [], new MineOptions(), new EvaluationOptions(), CancellationToken.None).Dispose();
        return store;
    }

    private static Example Text(string id, string text, string group, params string[] others) =>
        new(id, new Target.Identity(group) { Others = others }, new ExampleInput.Text(text));
}
