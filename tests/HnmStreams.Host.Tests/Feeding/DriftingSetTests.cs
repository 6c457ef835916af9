using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;
using HnmStreams.Host.Feeding;

namespace HnmStreams.Host.Tests.Feeding;

public sealed class DriftingSetTests
{
    // 1,000 examples: 100 of a, 300 of b, 600 of c.
    private static readonly Example[] Examples = [.. Enumerable.Range(0, 1_000).Select(static i => new Example(
        $"e{i}", new Target.Label(i % 10 == 0 ? "a" : i % 10 < 4 ? "b" : "c"), new ExampleInput.Text("x")))];

    [Fact]
    public void Without_drift_it_shuffles_the_set_and_sends_no_true_class()
    {
        var sent = Send(new DataOptions { Seed = 2 }, 2);
        Assert.Equal(SendOrder.Epochs(1_000, 2, 2).Select(static i => Examples[i]), sent.Select(static s => s.Example));
        Assert.All(sent, static s => Assert.Null(s.Truth));
        Assert.Equal(Examples, Send(new DataOptions { Shuffle = false }, 1).Select(static s => s.Example));
    }

    [Fact]
    public void A_class_appears_after_the_configured_number_of_examples()
    {
        var sent = Send(new DataOptions { Drift = { Appears = { ["a"] = "1500" } } }, 3);
        Assert.DoesNotContain(sent.Take(1_500), static s => NameOf(s) == "a");
        Assert.Equal(3 * 900, sent.Count(static s => NameOf(s) != "a"));
        // After that the class has a share of one tenth: in the last third of the second epoch and in the third epoch.
        Assert.InRange(sent.Skip(1_500).Count(static s => NameOf(s) == "a"), 100, 200);
    }

    [Fact]
    public void A_label_that_is_mapped_to_a_class_appears_later_and_the_rest_of_the_class_is_there_from_the_start()
    {
        Example[] mapped = [.. Examples.Select(static e => e with { Target = new Target.Label("negative"), OriginalLabel = TargetName.Of(e.Target) })];
        List<SentExample> sent = [.. new DriftingSet(mapped, new DataOptions { Drift = { Appears = { ["a"] = "1500" } } }).Send(3)];
        Assert.DoesNotContain(sent.Take(1_500), static s => s.Example.OriginalLabel == "a");
        Assert.Contains(sent.Skip(1_500), static s => s.Example.OriginalLabel == "a");
        var e = Assert.Throws<DataOptionException>(() => new DriftingSet(mapped, new DataOptions { Drift = { Appears = { ["z"] = "1" } } }));
        Assert.Contains("Available: a, b, c, negative", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_changes_and_the_other_classes_keep_their_proportions()
    {
        var sent = Send(new DataOptions { Drift = { After = 1_000, Rates = { ["a"] = "0.5" } } }, 11);
        Assert.Equal(11_000, sent.Count);
        Assert.Equal(100, sent.Take(1_000).Count(static s => NameOf(s) == "a"));
        var later = sent.Skip(1_000).CountBy(NameOf, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        // Binomial with n = 10,000: five standard deviations of 50.
        Assert.InRange(later["a"], 4_750, 5_250);
        Assert.InRange(later["c"] / (double)later["b"], 1.8, 2.2);
    }

    [Fact]
    public void A_class_can_vanish()
    {
        var sent = Send(new DataOptions { Drift = { After = 10, Rates = { ["c"] = "0" } } }, 2);
        Assert.Equal(2_000, sent.Count);
        Assert.DoesNotContain(sent.Skip(10), static s => NameOf(s) == "c");
    }

    [Fact]
    public void Flips_labels_after_the_configured_number_and_reports_the_true_class()
    {
        var options = new DataOptions { Drift = { After = 1_000, Flips = { ["*"] = "0.05" } } };
        var sent = Send(options, 3);
        Assert.All(sent.Take(1_000), static s => Assert.Equal(s.Truth, NameOf(s)));
        var wrong = sent.Skip(1_000).Where(static s => s.Truth != NameOf(s)).ToArray();
        Assert.Equal(2 * 50, wrong.Length);
        Assert.Equal(50, wrong.Select(static s => s.Example.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(sent, static s => Assert.Equal(TargetName.Of(Examples[int.Parse(s.Example.Id[1..], System.Globalization.CultureInfo.InvariantCulture)].Target), s.Truth));
        Assert.Equal(sent, Send(options, 3));
    }

    public static TheoryData<string, DriftOptions> Impossible => new()
    {
        { "did you mean a?", new() { Appears = { ["A"] = "5" } } },
        { "no class is available from the start", new() { Appears = { ["a"] = "5", ["b"] = "5", ["c"] = "5" } } },
        { "Available: a, b, c", new() { Rates = { ["zebra"] = "0.5" } } },
        { "appears later", new() { Appears = { ["a"] = "5" }, Rates = { ["a"] = "0.5" } } },
        { "add up to 1", new() { Rates = { ["a"] = "0.5", ["b"] = "0.2", ["c"] = "0.2" } } },
        { "no class fills the remaining share", new() { Appears = { ["b"] = "5", ["c"] = "5" }, Rates = { ["a"] = "0" } } },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void Rejects_drift_that_cannot_be_sent(string message, DriftOptions drift)
    {
        var e = Assert.Throws<DataOptionException>(() => new DriftingSet(Examples, new DataOptions { Drift = drift }));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("data.drift.", e.Message, StringComparison.Ordinal);
    }

    private static List<SentExample> Send(DataOptions options, int epochs) => [.. new DriftingSet(Examples, options).Send(epochs)];

    private static string NameOf(SentExample sent) => TargetName.Of(sent.Example.Target);
}
