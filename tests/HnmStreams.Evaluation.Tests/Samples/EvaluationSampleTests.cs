using HnmStreams.Testing;

namespace HnmStreams.Evaluation.Tests.Samples;

public sealed class EvaluationSampleTests
{
    [Fact]
    public void The_README_quotes_the_sample() => ReadmeQuotes.Verify("src/HnmStreams.Evaluation/README.md");

    [Fact]
    public void A_perfect_ranking_is_significantly_better_than_its_reverse()
    {
        var positive = Enumerable.Range(0, 400).Select(i => i % 4 == 0).ToArray();
        float[] perfect = [.. positive.Select((p, i) => (p ? 1_000 : 0) + i)];
        var uplift = EvaluationSample.Compare(perfect, [.. perfect.Select(s => -s)], positive);
        Assert.NotNull(uplift);
        Assert.InRange(uplift.Low, 0.5, 1);
    }
}
