using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Tests.Readers;

namespace HnmStreams.Data.Tests.Sets;

public sealed class ExampleSetTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Labels_become_positive_and_negative_and_the_rest_is_dropped()
    {
        var options = new DataOptions { Labels = { Positive = ["c", "d"], Negative = ["a"], Ignored = ["e"] } };
        var read = Train(Table("abcdeabcde"), options);
        Assert.Equal(["negative", "positive", "positive", "negative", "positive", "positive"], read.Select(static e => TargetName.Of(e.Target)));
        Assert.Equal(["t-1", "t-3", "t-4", "t-6", "t-8", "t-9"], read.Select(static e => e.Id));
        Assert.Equal(["a", "c", "d", "a", "c", "d"], read.Select(static e => e.OriginalLabel));
    }

    [Fact]
    public void Class_indices_are_named_by_their_digits()
    {
        var read = Train(Table("0123"), new DataOptions { Labels = { Positive = ["2"], Ignored = ["3"] } });
        Assert.Equal(["negative", "negative", "positive"], read.Select(static e => TargetName.Of(e.Target)));
    }

    [Theory]
    [InlineData("positive")]
    [InlineData("ignored")]
    public void Rejects_a_label_without_examples_and_suggests_the_nearest_one(string key)
    {
        var options = key == "positive" ? new DataOptions { Labels = { Positive = ["spm"] } } : new DataOptions { Labels = { Ignored = ["spm"] } };
        var path = _folder.Write("t.csv", "x,label\n1,spam\n2,ham\n");
        var e = Assert.Throws<DataOptionException>(() => Train(path, options));
        Assert.Equal($"labels.{key}", e.Key);
        Assert.Contains("did you mean spam?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_can_be_read_as_identities()
    {
        var read = Train(Table("ab"), new DataOptions { LabelMeans = LabelMeaning.Identity });
        Assert.Equal([new Target.Identity("a"), new Target.Identity("b")], read.Select(static e => e.Target));
    }

    [Fact]
    public void Labels_in_the_settings_match_in_any_spelling()
    {
        var path = _folder.Write("t.csv", "x,label\n1,1.0\n2,0.0\n");
        Assert.Equal(["positive", "negative"], Train(path, new DataOptions { Labels = { Positive = ["+1"] } }).Select(static e => TargetName.Of(e.Target)));
    }

    [Fact]
    public void Texts_of_other_groups_are_no_duplicates()
    {
        const string lines = """
            {"id":"a","target":{"identity":"q1","otherIdentities":["q2"]},"input":{"text":"the same"}}
            {"id":"b","target":{"identity":"q1","otherIdentities":["q3"]},"input":{"text":"the same"}}
            {"id":"c","target":{"identity":"q1","otherIdentities":["q2"]},"input":{"text":"the same"}}
            """;
        var set = Open(_folder.Write("t.jsonl", lines), new DataOptions { Format = DataFormat.Examples, Unique = true });
        Assert.Equal(["a", "b"], set.Load(SetPart.Train, TestContext.Current.CancellationToken).Select(static e => e.Id));
        Assert.Equal(1, set.Skipped["duplicates"]);
    }

    [Fact]
    public void Duplicates_of_input_and_target_are_dropped_and_counted()
    {
        var set = Open(_folder.Write("t.csv", "x,label\n1,a\n2,a\n1,a\n1,b\n1,a\n"), new DataOptions { Unique = true });
        Assert.Equal(["t-1", "t-2", "t-4"], set.Load(SetPart.Train, TestContext.Current.CancellationToken).Select(static e => e.Id));
        Assert.Equal("2 duplicates (such as t-3)", set.Skipped.ToString());
    }

    [Theory]
    [InlineData(SplitKind.Id)]
    [InlineData(SplitKind.Content)]
    [InlineData(SplitKind.Label)]
    [InlineData(SplitKind.Time)]
    public void The_parts_are_disjoint_and_cover_the_set(SplitKind by)
    {
        var path = _folder.Write("t.csv", "x,label\n" + string.Concat(Enumerable.Range(0, 2_000).Select(static i => $"{i},c{i % 200}\n")));
        var set = Open(path, new DataOptions { Split = { By = by, Share = 0.25 } });
        var (train, test) = (Ids(set, SetPart.Train), Ids(set, SetPart.Test));
        Assert.Equal(2_000, train.Union(test, StringComparer.Ordinal).Count());
        Assert.Equal(2_000, train.Count + test.Count);
        // A share by hash is binomial: five standard deviations for 2,000 examples (200 labels) are 5 % (15 %).
        Assert.InRange(test.Count, by == SplitKind.Label ? 200 : 400, by == SplitKind.Label ? 800 : 600);
        Assert.Equal(test, Ids(set, SetPart.Test));
        if (by != SplitKind.Time)
            Assert.NotEqual(test, Ids(Open(path, new DataOptions { Split = { By = by, Share = 0.25, Seed = 2 } }), SetPart.Test));
    }

    [Fact]
    public void A_split_by_content_keeps_duplicates_in_one_part()
    {
        var path = _folder.Write("t.csv", "x,label\n" + string.Concat(Enumerable.Range(0, 900).Select(static i => $"{i % 300},a\n")));
        var set = Open(path, new DataOptions { Split = { By = SplitKind.Content } });
        var train = Inputs(set, SetPart.Train);
        Assert.Empty(train.Intersect(Inputs(set, SetPart.Test)));
        Assert.All(train.CountBy(static x => x), static c => Assert.Equal(3, c.Value));
    }

    [Fact]
    public void Listed_labels_are_in_the_test_part_only()
    {
        var set = Open(Table("abcabc"), new DataOptions { Split = { By = SplitKind.Label, TestLabels = ["b"] } });
        Assert.Equal(["t-1", "t-3", "t-4", "t-6"], Ids(set, SetPart.Train));
        Assert.Equal(["t-2", "t-5"], Ids(set, SetPart.Test));
    }

    [Theory]
    [InlineData(0.3, 7)]
    [InlineData(0.25, 7)]
    [InlineData(0.29, 7)]
    public void A_split_by_time_tests_on_the_latest_examples_independent_of_the_row_order(double share, int first)
    {
        var path = _folder.Write("t.csv", "when,x,label\n" + string.Concat(Enumerable.Range(0, 10).Select(static i => $"{(i * 7) % 10},{i},a\n")));
        var set = Open(path, new DataOptions { Columns = { Time = "when" }, Split = { By = SplitKind.Time, Share = share } });
        var times = set.Load(SetPart.Train, TestContext.Current.CancellationToken).Select(static e => e.EventTime!.Value.ToUnixTimeSeconds());
        Assert.Equal(Enumerable.Range(0, first).Select(static i => (long)i), times);
        Assert.Equal(10 - first, Ids(set, SetPart.Test).Count);
    }

    [Fact]
    public void A_split_by_time_uses_the_row_order_without_times_and_rejects_partial_times()
    {
        var set = Open(Table("aaaaaaaaaa"), new DataOptions { Split = { By = SplitKind.Time } });
        Assert.Equal(["t-8", "t-9", "t-10"], Ids(set, SetPart.Test));
        var half = _folder.Write("half.csv", "when,x,label\n1,1,a\n,2,a\n");
        var e = Assert.Throws<DataOptionException>(() => Train(half, new DataOptions { Columns = { Time = "when" }, Split = { By = SplitKind.Time } }));
        Assert.Contains("1 of 2 examples have no time", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Uses_the_files_of_the_parts_if_they_exist()
    {
        _folder.Write("d/train.csv", "x,label\n1,a\n");
        _folder.Write("d/test.csv", "x,label\n2,a\n3,b\n");
        var folder = Path.Combine(_folder.Path, "d");
        var set = Open(folder, new DataOptions());
        Assert.Equal(["train-1"], Ids(set, SetPart.Train));
        Assert.Equal(["test-1", "test-2"], Ids(set, SetPart.Test));
        Assert.False(Open(folder, new DataOptions { Split = { By = SplitKind.None } }).HasTest);
        Assert.Equal(["test-1", "test-2"], Ids(Open(folder, new DataOptions { Split = { Train = "test", Test = "train" } }), SetPart.Train));
        var e = Assert.Throws<DataOptionException>(() => Open(folder, new DataOptions { Split = { By = SplitKind.Files, Test = "val" } }));
        Assert.Equal(("split.test", "val"), (e.Key, e.Value));
    }

    [Fact]
    public void A_separate_test_set_is_read_with_the_same_settings()
    {
        var set = ExampleSet.Open(Table("abab"), _folder.Write("u.csv", "x,label\n9,b\n8,a\n"), new DataOptions { Labels = { Positive = ["b"] } });
        Assert.True(set.HasTest);
        Assert.Equal(["positive", "negative"], set.Load(SetPart.Test, TestContext.Current.CancellationToken).Select(static e => TargetName.Of(e.Target)));
        Assert.Equal(4, Ids(set, SetPart.Train).Count);
    }

    [Fact]
    public void Downsampling_reduces_one_class_and_leaves_the_others_and_the_test_part_unchanged()
    {
        var path = _folder.Write("t.csv", "x,label\n" + string.Concat(Enumerable.Range(0, 3_000).Select(static i => $"{i},{(i % 3 == 0 ? "rare" : "common")}\n")));
        ExampleSet Downsampled(ulong seed, double share = 0.01) => Open(path, new DataOptions
        {
            Seed = seed,
            Downsampling = { ["rare"] = share.ToString(CultureInfo.InvariantCulture) },
            Split = { By = SplitKind.Time, Share = 0.5 },
        });
        var train = Downsampled(1).Load(SetPart.Train, TestContext.Current.CancellationToken);
        var counts = train.CountBy(static e => TargetName.Of(e.Target), StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        Assert.Equal(1_000, counts["common"]);
        Assert.Equal(10, counts["rare"]);
        Assert.Equal(train.Select(static e => e.Id), Ids(Downsampled(1), SetPart.Train));
        Assert.NotEqual(train.Select(static e => e.Id), Ids(Downsampled(2), SetPart.Train));
        Assert.Equal(1_500, Ids(Downsampled(1), SetPart.Test).Count);
        // A larger share contains the examples of a smaller one.
        Assert.Subset(Ids(Downsampled(1, 0.05), SetPart.Train).ToHashSet(StringComparer.Ordinal), train.Select(static e => e.Id).ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("rar", "did you mean rare?")]
    [InlineData("rare", "1 examples but 10 are required")]
    public void Explains_impossible_downsampling(string name, string message)
    {
        var path = _folder.Write("t.csv", "x,label\n0,rare\n" + string.Concat(Enumerable.Repeat("1,common\n", 10)));
        var e = Assert.Throws<DataOptionException>(() => Train(path, new DataOptions { Downsampling = { [name] = "0.5" } }));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal($"downsampling.{name}", e.Key);
    }

    [Fact]
    public void Rejects_a_set_that_exceeds_the_memory_limit()
    {
        var path = _folder.Write("t.csv", "x,label\n" + string.Concat(Enumerable.Repeat("1,a\n", 100)));
        var options = new DataOptions { MaxHeldBytes = 2_048 };
        var e = Assert.Throws<DataOptionException>(() => Train(path, options));
        Assert.Equal("maxHeldBytes", e.Key);
        Assert.Equal(100, Open(path, options).Read(SetPart.Train, TestContext.Current.CancellationToken).Count());
    }

    [Fact]
    public void Rejects_an_empty_part()
    {
        var e = Assert.Throws<DataOptionException>(() => Train(Table("ab"), new DataOptions { Split = { By = SplitKind.Label, TestLabels = ["a", "b"] } }));
        Assert.Contains("the training part has no examples", e.Message, StringComparison.Ordinal);
    }

    private static ExampleSet Open(string path, DataOptions options) => ExampleSet.Open(path, null, options);

    private static IReadOnlyList<Example> Train(string path, DataOptions options) => Open(path, options).Load(SetPart.Train, TestContext.Current.CancellationToken);

    private static List<string> Ids(ExampleSet set, SetPart part) => [.. set.Load(part, TestContext.Current.CancellationToken).Select(static e => e.Id)];

    private static List<string> Inputs(ExampleSet set, SetPart part) =>
        [.. set.Load(part, TestContext.Current.CancellationToken).Select(static e => Convert.ToHexString(((ExampleInput.Dense)e.Input).Data.Span))];

    /// <summary>Writes a table with one row per letter, which is the label.</summary>
    private string Table(string labels) => _folder.Write("t.csv", "x,label\n" + string.Concat(labels.Select(static (l, i) => $"{i},{l}\n")));
}
