using HnmStreams.Testing;

namespace HnmStreams.Mining.Tests.Samples;

public sealed class MiningSampleTests
{
    [Fact]
    public void The_README_quotes_the_sample() => ReadmeQuotes.Verify("src/HnmStreams.Mining/README.md");

    [Fact]
    public void Draws_from_the_hardest_examples()
    {
        var batches = MiningSample.Run(Enumerable.Range(0, 5_000).Select(i => ((long)i, $"{i}", (float)i)));
        Assert.Equal(50, batches.Count);
        Assert.All(batches, batch => Assert.Equal(16, batch.Distinct(StringComparer.Ordinal).Count()));
        // The losses rise, so the pool holds the most recent thousand.
        Assert.All(batches[^1], text => Assert.InRange(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture), 4_000 - 800, 4_999));
    }
}
