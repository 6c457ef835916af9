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
    public void A_query_and_its_relevant_documents_share_an_identity()
    {
        Write("q1\td1\t1\nq1\td2\t1\nq2\td2\t2\nq3\td4\t0\n", "q4\td3\t1\n");
        var read = Read("train");
        Assert.Equal(["q:q1", "q:q2", "q:q3", "d:d1", "d:d2", "d:d3", "d:d4"], read.Select(static e => e.Id));
        var groups = read.ToDictionary(static e => e.Id, static e => ((Target.Identity)e.Target).Name);
        Assert.Equal(["d:d1"], ((string[])["q:q1", "q:q2", "d:d1", "d:d2"]).Select(id => groups[id]).Distinct());
        Assert.Equal("q:q3", groups["q:q3"]);
        Assert.Equal("d:d4", groups["d:d4"]);
        // Judgements of the test part are not used.
        Assert.Equal("d:d3", groups["d:d3"]);
        Assert.Equal(new ExampleInput.Text("Title one"), read[3].Input);
        Assert.Equal(new ExampleInput.Text("two"), read[4].Input);
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
    public void Groups_are_the_connected_components() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9]).Array[0, 15].Sample(edges =>
        {
            var groups = BeirReader.Groups(edges.Select(static e => new BeirJudgement($"{e.Item1}", $"{e.Item2}", 1)));
            var naive = edges.SelectMany(static e => new[] { $"q:{e.Item1}", $"d:{e.Item2}" }).Distinct().ToDictionary(static n => n, static n => n);
            for (var changed = true; changed;)
            {
                changed = false;
                foreach (var (query, document) in edges.Select(static e => ($"q:{e.Item1}", $"d:{e.Item2}")))
                {
                    var first = string.CompareOrdinal(naive[query], naive[document]) < 0 ? naive[query] : naive[document];
                    changed |= naive[query] != first || naive[document] != first;
                    (naive[query], naive[document]) = (first, first);
                }
            }

            Assert.Equal(naive.OrderBy(static g => g.Key), groups.OrderBy(static g => g.Key));
        });

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
