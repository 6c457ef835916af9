using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;

namespace HnmStreams.Data.Tests.Readers.Pairs;

public sealed class PairsReaderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"anchor":"who","positive":"me","negative":"you"}""")]
    [InlineData("""{"query":"who","pos":["me"],"neg":["you"]}""")]
    [InlineData("""{"query":"who","pos":["me"],"neg":["you"],"prompt":"Find","pos_scores":[0.9]}""")]
    [InlineData("""{"anchor":"who","positive":"me","negative_1":"you","negative_1_score":0.3}""")]
    [InlineData("""{"anchor":"who","passages":["me","you"],"labels":[1,0]}""")]
    [InlineData("{\"anchor\":\"who\",\"passage\":\"me\",\"label\":1}\n{\"anchor\":\"who\",\"passage\":\"you\",\"label\":0}")]
    public void Reads_the_usual_forms(string text)
    {
        var read = Read(text);
        Assert.Equal(["who", "me", "you"], read.Select(static e => ((ExampleInput.Text)e.Input).Value));
        var groups = read.Select(static e => (Target.Identity)e.Target).ToArray();
        Assert.Equal(groups[0], groups[1]);
        Assert.NotEqual(groups[0], groups[2]);
        Assert.StartsWith("q:", read[0].Id, StringComparison.Ordinal);
        Assert.All(read.Skip(1), static e => Assert.StartsWith("d:", e.Id, StringComparison.Ordinal));
    }

    [Fact]
    public void A_passage_belongs_to_each_anchor_that_it_is_a_positive_of()
    {
        var read = Read("""
            {"query":"a","pos":["x","y"],"neg":["z"]}
            {"query":"b","pos":["y"],"neg":["x"]}
            """).ToDictionary(static e => ((ExampleInput.Text)e.Input).Value, static e => ((Target.Identity)e.Target));
        Assert.Equal([read["a"].Name], Names(read["x"]));
        Assert.Equal([read["a"].Name, read["b"].Name], Names(read["y"]));
        Assert.Equal(5, read.Count);
    }

    [Fact]
    public void Ids_in_the_file_are_kept()
    {
        var read = Read("""{"anchor":"who","positive":"me","negative":"you","anchor_id":"q:7","positive_id":"d:1","negative_id":"n","positive_score":0.5}""");
        Assert.Equal(["q:7", "d:1", "d:n"], read.Select(static e => e.Id));
    }

    [Theory]
    [InlineData("""{"positive":"me"}""", "no anchor")]
    [InlineData("""{"anchor":"who"}""", "no passage")]
    [InlineData("""{"anchor":"who","positive":7}""", "'positive'")]
    [InlineData("""{"anchor":"who","passages":["a","b"],"labels":[1]}""", "'labels'")]
    [InlineData("""{"anchor":"who","passages":["a"],"labels":["x"]}""", "'labels'")]
    [InlineData("7", "Line 1")]
    public void Reports_problems_with_path_and_line(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<DataSourceException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static IEnumerable<string> Names(Target.Identity identity) => identity.Others.Prepend(identity.Name);

    private List<Example> Read(string text) =>
        [.. ExampleReaders.Open(_folder.Write("pairs.jsonl", text), new DataOptions { Format = DataFormat.Pairs }).Read(TestContext.Current.CancellationToken)];
}
