using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;
using HnmStreams.Testing;

namespace HnmStreams.Data.Tests.Sets;

/// <summary>Tests of splits of public data sets. Sets with a file in <c>config/tasks</c> are tested with that file.</summary>
public sealed class PublicSetsTests
{
    private static readonly string[] Attacks =
    [
        "warezclient.", "guess_passwd.", "buffer_overflow.", "warezmaster.", "imap.", "rootkit.", "loadmodule.", "ftp_write.", "multihop.", "phf.", "perl.", "spy.",
    ];

    [Fact]
    public void KDD_Cup_99_is_deduplicated_and_split_by_content()
    {
        var options = new DataOptions
        {
            Format = DataFormat.Csv,
            Table = { Header = false },
            Columns = { Label = "41", Categorical = ["1", "2", "3"] },
            Labels = { Positive = Attacks, Negative = ["normal."] },
            Unique = true,
            Split = { By = SplitKind.Content, Share = 0.3 },
        };
        var (train, test) = Parts("kddcup99-10pct/kddcup.data_10_percent.gz", options);
        Assert.Equal(87_832, Count(train, "negative") + Count(test, "negative"));
        Assert.Equal(1_051, Count(train, "positive") + Count(test, "positive"));
        Assert.InRange(test.Count / 88_883.0, 0.29, 0.31);
    }

    [Fact]
    public void ORL_test_persons_do_not_occur_in_training()
    {
        string[] unseen = [.. Enumerable.Range(21, 20).Select(static i => $"s{i}")];
        var (train, test) = Parts("orl-faces", new DataOptions { LabelMeans = LabelMeaning.Identity, Split = { By = SplitKind.Label, TestLabels = unseen } });
        Assert.Equal((200, 200), (train.Count, test.Count));
        Assert.Equal(unseen.Order(StringComparer.Ordinal), Names(test));
        Assert.Empty(Names(train).Intersect(unseen, StringComparer.Ordinal));
        Assert.All(train, static e => Assert.Equal([112, 92], Assert.IsType<ExampleInput.Dense>(e.Input).Shape));
    }

    [Fact]
    public void Banking77_intents_become_identities()
    {
        var (train, test) = Parts("banking77", new DataOptions { LabelMeans = LabelMeaning.Identity, Columns = { Label = "category", Text = "text" } });
        Assert.Equal((10_003, 3_080), (train.Count, test.Count));
        Assert.Equal(Names(train), Names(test));
        Assert.All(test, static e => Assert.IsType<Target.Identity>(e.Target));
    }

    [Fact]
    public void SciFact_claims_and_abstracts_form_groups_per_part()
    {
        var (train, test) = Parts("scifact", new DataOptions());
        Assert.Equal((809, 300), (train.Count(IsQuery), test.Count(IsQuery)));
        Assert.Equal((5_183, 5_183), (train.Count - 809, test.Count - 300));
        var documents = train.Where(static e => !IsQuery(e)).SelectMany(static e => ((Target.Identity)e.Target).Others.Prepend(TargetName.Of(e.Target))).ToHashSet();
        Assert.All(train.Where(IsQuery), e => Assert.Contains(TargetName.Of(e.Target), documents));
    }

    private static bool IsQuery(Example example) => example.Id.StartsWith("q:", StringComparison.Ordinal);

    private static IEnumerable<string> Names(IReadOnlyList<Example> examples) =>
        examples.Select(static e => TargetName.Of(e.Target)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static int Count(IReadOnlyList<Example> examples, string name) => examples.Count(e => TargetName.Of(e.Target) == name);

    private static (IReadOnlyList<Example> Train, IReadOnlyList<Example> Test) Parts(string path, DataOptions options)
    {
        var names = path.Split('/');
        var set = ExampleSet.Open(Path.Combine([PublicData.Find(names[0]), .. names[1..]]), null, options);
        return (set.Load(SetPart.Train, TestContext.Current.CancellationToken), set.Load(SetPart.Test, TestContext.Current.CancellationToken));
    }
}
