using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Readers.Beir;

namespace HnmStreams.Data.Tests.Readers.Beir;

public sealed class BeirReaderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_document_belongs_to_each_query_that_it_is_relevant_to()
    {
        Write("q1\td1\t1\nq1\td2\t1\nq2\td2\t2\nq2\td3\t1\nq3\td4\t0\n", "q4\td3\t1\n");
        var read = Read("train");
        Assert.Equal(["q:q1", "q:q2", "q:q3", "d:d1", "d:d2", "d:d3", "d:d4"], read.Select(static e => e.Id));
        Assert.Equal(
            ["q:q1", "q:q2", "q:q3", "q:q1", "q:q1+q:q2", "q:q2", "d:d4"],
            read.Select(static e => string.Join('+', Names((Target.Identity)e.Target).Order(StringComparer.Ordinal))));
        Assert.Equal(new ExampleInput.Text("Title one"), read[3].Input);
        Assert.Equal(new ExampleInput.Text("two"), read[4].Input);
    }

    [Fact]
    public void Judgements_of_the_test_part_are_not_used_for_training()
    {
        Write("q1\td1\t1\n", "q4\td3\t1\n");
        Assert.Equal("d:d3", ((Target.Identity)Read("train").Single(static e => e.Id == "d:d3").Target).Name);
    }

    [Fact]
    public void Queries_that_share_documents_are_not_merged()
    {
        // A chain: q0-d0, q0-d1, q1-d1, q1-d2, …
        var judgements = Enumerable.Range(0, 20).SelectMany(static i => new[] { new BeirJudgement($"{i}", $"{i}", 2), new BeirJudgement($"{i}", $"{i + 1}", 1) });
        var groups = BeirReader.Groups(judgements);
        Assert.Equal(21, groups.Count);
        Assert.All(groups.Values, static g => Assert.InRange(g.Others.Count, 0, 1));
        Assert.Equal(20, groups.Values.Select(static g => g.Name).Distinct().Count());
    }

    [Fact]
    public void Each_part_contains_its_own_queries_and_all_documents()
    {
        Write("q1\td1\t1\n", "q4\td3\t1\n");
        Assert.Equal(["q:q4", "d:d1", "d:d2", "d:d3", "d:d4"], Read("test").Select(static e => e.Id));
        Assert.True(ExampleReaders.HasPart(_folder.Path, new DataOptions(), "test"));
        Assert.Throws<DataSourceException>(() => Read("dev"));
    }

    [Fact]
    public void Queries_documents_and_judgements_can_be_read_directly()
    {
        Write("q1\td1\t1\nq3\td4\t0\n", "q4\td3\t1\n");
        var folder = new BeirFolder(_folder.Path);
        Assert.Equal(["test", "train"], folder.Parts);
        Assert.Equal(new BeirText("d1", "Title one"), folder.ReadCorpus().First());
        Assert.Equal(["q1", "q2", "q3", "q4"], folder.ReadQueries().Select(static q => q.Id));
        Assert.Equal([new BeirJudgement("q1", "d1", 1), new BeirJudgement("q3", "d4", 0)], folder.ReadJudgements("train"));
    }

    [Theory]
    [InlineData("q1\td1\n")]
    [InlineData("q1\td1\tx\n")]
    [InlineData("q1\t\t1\n")]
    [InlineData("")]
    public void Rejects_invalid_judgements(string lines)
    {
        Write(lines, "q4\td3\t1\n");
        Assert.Throws<DataSourceException>(() => Read("train"));
    }

    [Theory]
    [InlineData("{\"_id\":\"d1\"}")]
    [InlineData("{\"_id\":{},\"text\":\"x\"}")]
    [InlineData("{\"text\":\"x\"}")]
    [InlineData("{")]
    [InlineData("7")]
    public void Rejects_invalid_documents(string line)
    {
        Write("q1\td1\t1\n", "q4\td3\t1\n");
        _folder.Write("corpus.jsonl.gz", line);
        Assert.Contains("Line 1", Assert.Throws<DataSourceException>(() => Read("train")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_groups_of_a_document_are_its_judgements() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9]).Array[0, 25].Sample(edges =>
        {
            var groups = BeirReader.Groups(edges.Select(static e => new BeirJudgement($"{e.Item1}", $"{e.Item2}", 1)));
            Assert.Equal(
                edges.Select(static e => ($"d:{e.Item2}", $"q:{e.Item1}")).Distinct().Order(),
                groups.SelectMany(static g => Names(g.Value).Select(name => (g.Key, name))).Order());
        });

    private static IEnumerable<string> Names(Target.Identity identity) => identity.Others.Prepend(identity.Name);

    private void Write(string train, string test)
    {
        _folder.Write("corpus.jsonl.gz", """
            {"_id":"d1","title":"Title","text":"one"}
            {"_id":"d2","title":"","text":"two"}
            {"_id":"d3","text":"three"}
            {"_id":"d4","text":"four"}
            """);
        _folder.Write("queries.jsonl", string.Join('\n', Enumerable.Range(1, 4).Select(static i => $"{{\"_id\":\"q{i}\",\"text\":\"ask {i}\"}}")));
        _folder.Write("qrels/train.tsv", "query-id\tcorpus-id\tscore\n" + train);
        _folder.Write("qrels/test.tsv", test);
    }

    private List<Example> Read(string part) => [.. ExampleReaders.Open(_folder.Path, new DataOptions(), part).Read(TestContext.Current.CancellationToken)];
}
