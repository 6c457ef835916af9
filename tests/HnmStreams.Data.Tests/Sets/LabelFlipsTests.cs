using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;

namespace HnmStreams.Data.Tests.Sets;

public sealed class LabelFlipsTests
{
    private static readonly Example[] Examples = [.. Enumerable.Range(0, 400).Select(static i => Of(i, new Target.Label(i % 4 == 0 ? "rare" : i % 4 == 1 ? "b" : "c")))];

    [Theory]
    [InlineData("*", 0.05, 5, 5, 10)]
    [InlineData("rare", 0.1, 10, 0, 0)]
    [InlineData("rare", 1, 100, 0, 0)]
    public void Flips_the_exact_share_of_each_class_deterministically(string name, double share, int rare, int b, int c)
    {
        var flips = Draw(name, share, seed: 3);
        var flipped = Enumerable.Range(0, Examples.Length).Where(i => flips[i] is not null).ToArray();
        var counts = flipped.CountBy(i => TargetName.Of(Examples[i].Target), StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        Assert.Equal((rare, b, c), (counts.GetValueOrDefault("rare"), counts.GetValueOrDefault("b"), counts.GetValueOrDefault("c")));
        Assert.Equal(rare + b + c, flips.Count);
        Assert.All(flipped, i => Assert.NotEqual(Examples[i].Target, flips[i]));
        var repeated = Draw(name, share, seed: 3);
        Assert.All(Enumerable.Range(0, Examples.Length), i => Assert.Equal(flips[i], repeated[i]));
        if (share < 1)
            Assert.NotEqual(flipped, Enumerable.Range(0, Examples.Length).Where(i => Draw(name, share, seed: 4)[i] is not null));
    }

    [Fact]
    public void The_wrong_class_is_uniform_over_the_other_classes()
    {
        var flips = Draw("rare", 1, seed: 1);
        var b = Enumerable.Range(0, Examples.Length).Count(i => flips[i] is Target.Label { Name: "b" });
        // Binomial with n = 100 and p = 0.5: five standard deviations.
        Assert.InRange(b, 25, 75);
    }

    [Fact]
    public void A_named_class_overrides_the_share_of_the_wildcard()
    {
        var drift = new DriftOptions { Flips = { ["*"] = "0.1", ["rare"] = "0" } };
        var flips = LabelFlips.Draw(Examples, drift, 1);
        Assert.Equal(30, flips.Count);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Null(flips[4 * i]));
    }

    [Fact]
    public void Explains_impossible_flips()
    {
        Assert.Contains("did you mean rare?", Assert.Throws<DataOptionException>(() => Draw("rar", 0.1, 1)).Message, StringComparison.Ordinal);
        var drift = new DriftOptions { Flips = { ["*"] = "0.1" } };
        Assert.Contains("at least two classes", Assert.Throws<DataOptionException>(() => LabelFlips.Draw([Of(1, new Target.Label("a"))], drift, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("boxes", Assert.Throws<DataOptionException>(() => LabelFlips.Draw([Of(1, new Target.Boxes([]))], drift, 1)).Message, StringComparison.Ordinal);
    }

    private static LabelFlips Draw(string name, double share, ulong seed) =>
        LabelFlips.Draw(Examples, new DriftOptions { Flips = { [name] = share.ToString(CultureInfo.InvariantCulture) } }, seed);

    private static Example Of(int i, Target target) => new($"e{i}", target, new ExampleInput.Text("x"));
}
