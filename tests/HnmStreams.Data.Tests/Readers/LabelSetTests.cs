using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Records;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Readers;

/// <summary>Tests of sets of labels in files and records.</summary>
public sealed class LabelSetTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_column_with_a_separator_is_a_set()
    {
        var options = new DataOptions { Columns = { Label = "tags", Text = "text", LabelSeparator = '|' } };
        var read = Read("t.csv", "text,tags\nyou fool,insult| threat\nhello,\nhey,insult\nyou,insult|insult\n", options);
        Assert.Equal([["insult", "threat"], [], ["insult"], ["insult"]], read.Select(Names));
    }

    [Fact]
    public void Columns_of_one_label_each_are_a_set_of_those_that_apply()
    {
        var options = new DataOptions { Columns = { Labels = ["toxic", "threat"], Text = "text", Id = "id" } };
        var read = Read("train.csv", "id,text,toxic,threat\na,you fool,1,0\nb,hello,0,\nc,beware,true,1.0\nd,hi,FALSE,0.0\n", options);
        Assert.Equal([["toxic"], [], ["toxic", "threat"], []], read.Select(Names));
        Assert.Equal("a", read[0].Id);
        Assert.Same(read[1].Target, read[3].Target);
        var error = Assert.Throws<DataSourceException>(() => Read("other.csv", "id,text,toxic,threat\na,you fool,maybe,0\n", options));
        Assert.Contains("1, true, 0, false or nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_labels_are_not_features()
    {
        var read = Read("t.csv", "a,b,x\n1,0,2.5\n", new DataOptions { Columns = { Labels = ["a", "b"], Input = TableInput.Features } });
        Assert.Equal([new Feature("x", 2.5, null)], Assert.IsType<ExampleInput.Features>(read[0].Input).Items);
    }

    [Fact]
    public void An_array_in_JSON_lines_is_a_set()
    {
        var options = new DataOptions { Columns = { Label = "labels", Text = "text" } };
        var read = Read("t.jsonl", """
            {"text":"you fool","labels":["insult","threat"]}
            {"text":"hello","labels":[]}
            """, options);
        Assert.Equal([["insult", "threat"], []], read.Select(Names));
    }

    [Fact]
    public void Fields_of_one_label_each_are_a_set_in_JSON_lines()
    {
        var options = new DataOptions { Columns = { Labels = ["toxic", "threat"], Text = "text" } };
        var read = Read("t.jsonl", """
            {"text":"you fool","toxic":1,"threat":0}
            {"text":"beware","toxic":true,"threat":1}
            {"text":"hello","toxic":null}
            """, options);
        Assert.Equal([["toxic"], ["toxic", "threat"], []], read.Select(Names));
    }

    [Fact]
    public void Settings_that_require_one_class_are_refused()
    {
        var options = new DataOptions { Columns = { Label = "tags", Text = "text", LabelSeparator = '|' }, Labels = { Positive = ["insult"] } };
        var path = _folder.Write("t.csv", "text,tags\nyou fool,insult\n");
        var error = Assert.Throws<DataOptionException>(() => ExampleSet.Open(path, null, options).Load(SetPart.Train, TestContext.Current.CancellationToken));
        Assert.Contains("sets of labels", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"a","text":"t","labels":["insult","threat"]}""", "insult;threat")]
    [InlineData("""{"id":"a","text":"t","target":{"labels":["insult"]}}""", "insult")]
    [InlineData("""{"id":"a","text":"t","labels":[]}""", "")]
    public void JSON_has_labels_at_the_top_or_in_the_target(string json, string names) =>
        Assert.Equal(names, string.Join(';', Names(Decode(json).Example!)));

    [Theory]
    [InlineData("""{"id":"a","text":"t","label":"x","labels":{"app":"shop"}}""")]
    [InlineData("""{"id":"a","text":"t","label":"x","labels":["y"]}""")]
    public void A_member_labels_beside_another_target_is_ignored(string json) => Assert.Equal(new Target.Label("x"), Decode(json).Example!.Target);

    [Theory]
    [InlineData("""{"id":"a","text":"t","target":{"labels":["x","x"]}}""", "twice")]
    [InlineData("""{"id":"a","text":"t","target":{"labels":["1","1.0"]}}""", "twice")]
    [InlineData("""{"id":"a","text":"t","target":{"labels":[" "]}}""", "blank")]
    [InlineData("""{"id":"a","text":"t","target":{"labels":[""]}}""", "empty")]
    [InlineData("""{"id":"a","text":"t","labels":[1]}""", "array of strings")]
    [InlineData("""{"id":"a","text":"t","target":{"labels":["x"],"label":"y"}}""", "more")]
    public void Sets_that_are_not_sets_are_rejected(string json, string named) => Assert.Contains(named, Decode(json).Detail, StringComparison.Ordinal);

    [Fact]
    public void The_number_of_labels_is_limited()
    {
        var decoder = new ExampleDecoder(new WireLimits { MaxLabels = 2 });
        var example = new Example("a", new Target.LabelSet(["x", "y", "z"]), new ExampleInput.Text("t"));
        foreach (var value in (byte[][])[ExampleEncoder.ToJson(example), ExampleEncoder.ToProtobuf(example)])
        {
            var result = decoder.Decode(value, WireFormat.Unknown, default);
            Assert.Equal(RejectionReasons.TooLarge, result.Reason);
            Assert.Contains("maxLabels", result.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_record_batch_refuses_sets() =>
        Assert.Contains("set of labels", Assert.Throws<ArgumentException>(() => ExampleEncoder.ToArrow([new Example("a", new Target.LabelSet([]), new ExampleInput.Text("t"))])).Message, StringComparison.Ordinal);

    private static DecodeResult Decode(string json) => new ExampleDecoder(new WireLimits()).Decode(System.Text.Encoding.UTF8.GetBytes(json), WireFormat.Unknown, default);

    private static IReadOnlyList<string> Names(Example example) => Assert.IsType<Target.LabelSet>(example.Target).Names;

    private List<Example> Read(string name, string text, DataOptions options) => [.. ExampleReaders.Open(_folder.Write(name, text), options).Read(TestContext.Current.CancellationToken)];
}
