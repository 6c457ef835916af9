using HnmStreams.Benchmarks.Poisoning;
using HnmStreams.Data.Examples;
using HnmStreams.Host.Compare.Cost;

namespace HnmStreams.EndToEnd.Tests.Benchmarks.Poisoning;

public sealed class PoisonedStreamTests
{
    private const int Count = 20_000;

    private static readonly Target.ClassIndex Negative = new(0);
    private static readonly Target.ClassIndex Positive = new(1);

    private static readonly List<ScoredExample> Known =
        [.. Enumerable.Range(0, Count).Select(i => new ScoredExample(new Example($"e{i}", i % 10 == 0 ? Positive : Negative, new ExampleInput.Text($"{i}")), i % 10 == 0, i % 997))];

    public static TheoryData<string> Attacks => [.. Enum.GetNames<PoisoningAttack>()];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Each_attack_sends_its_share_with_its_labels_and_ids(string name)
    {
        var attack = Enum.Parse<PoisoningAttack>(name);
        var stream = new PoisonedStream(attack, attack.Templates(Known), 0.1, (Negative, Positive), 100, IsHeldOut);
        var sent = stream.Send(Known.Select(static k => k.Example), static e => e.Target == Positive, seed: 3).ToList();
        Assert.Equal(Count, sent.Count);
        var changed = sent.Zip(Known, static (s, k) => (Sent: s, Honest: k.Example)).Where(static pair => pair.Sent != pair.Honest).Select(static pair => pair.Sent).ToList();
        // A tenth of all, or of the positives.
        Assert.InRange(changed.Count, 0.9 * Expected(attack), 1.1 * Expected(attack));
        Assert.Equal(attack == PoisoningAttack.HeldOutFlattering ? 0 : changed.Count, stream.WrongIds.Count);
        Assert.All(changed, e =>
        {
            Assert.Equal(attack == PoisoningAttack.Weighted ? 100 : 1, e.Weight);
            Assert.Equal(attack.RelabelsOwn(), !e.Id.StartsWith("producer-", StringComparison.Ordinal));
            if (attack.AimsAtHeldOut())
                Assert.True(IsHeldOut(e), e.Id);
        });
        if (attack != PoisoningAttack.Flips)
            Assert.All(changed, e => Assert.Equal(attack.LabelsPositive() ? Positive : Negative, e.Target));
    }

    [Fact]
    public void A_producer_that_relabels_its_own_examples_does_so_in_every_epoch()
    {
        var stream = new PoisonedStream(PoisoningAttack.Flips, [], 0.1, (Negative, Positive), 100, IsHeldOut);
        List<Example> Send() => [.. stream.Send(Known.Select(static k => k.Example), static e => e.Target == Positive, seed: 3)];
        Assert.Equal(Send(), Send());
    }

    [Theory]
    [InlineData(-0.1, 0.01, -0.1, 0.01, "the model is worse; the report shows the damage")]
    [InlineData(-0.1, 0.01, -0.5, 0.01, "the model is worse; the report exaggerates the damage")]
    [InlineData(-0.1, 0.01, 0.001, 0.01, "the model is worse; the report does not show it")]
    [InlineData(-0.1, 0.01, 0.05, 0.01, "the model is worse; the report says that it is better")]
    [InlineData(0.001, 0.01, -0.5, 0.01, "no significant change of the model; the report exaggerates the damage")]
    [InlineData(0.001, 0.01, 0, 0, "no significant change of the model")]
    [InlineData(-0.1, 0.3, 0, 0, "the seeds differ too much for a conclusion about the model")]
    public void The_conclusion_compares_the_model_with_the_report(double test, double testHalf, double heldOut, double heldOutHalf, string expected)
    {
        var level = new SeedInterval(0.5, 0.4, 0.6);
        var cell = new PoisoningCell(
            PoisoningAttack.Flips, 0.1, "mined", level, level, new(test, test - testHalf, test + testHalf), new(heldOut, heldOut - heldOutHalf, heldOut + heldOutHalf), new(10, 4, 2));
        Assert.Equal(expected, cell.Conclusion);
        Assert.Equal((0.5, 0.2), (cell.Flips.Precision, cell.Flips.Recall));
    }

    private static bool IsHeldOut(Example example) => example.Id.EndsWith('7');

    private static double Expected(PoisoningAttack attack) => attack == PoisoningAttack.FlippedPositives ? Count / 100.0 : Count / 10.0;
}
