using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Tuning;
using HnmStreams.Tasks.Tabular;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Tuning;

public sealed class PairedOutcomesTests
{
    [Fact]
    public void The_mean_over_the_positives_is_the_difference_in_average_precision()
    {
        using var rows = Rows(300, classes: 2);
        var generator = new Xoshiro256StarStar(1);
        // Coarse scores, so that some are equal.
        float[] Scores(double signal) => [.. rows.Labels.ToArray().Select(label => MathF.Round((float)((signal * label) + (3 * generator.NextDouble())), 1))];
        var (champion, challenger) = (Scores(1), Scores(2));
        var positives = rows.Labels.ToArray().Select(l => l == 1).ToArray();
        double AveragePrecision(float[] scores) => RankingMetrics.AveragePrecision(scores, positives, rows.Weights);

        var differences = PairedOutcomes.Differences(Stream.Task, rows, [.. Enumerable.Repeat(true, rows.Count)], champion, challenger);
        Assert.Equal(positives.Count(p => p), differences.Count);
        Assert.Equal(AveragePrecision(challenger) - AveragePrecision(champion), differences.Average(), 1e-9);
        Assert.All(differences, d => Assert.InRange(d, -1, 1));
    }

    [Fact]
    public void The_mean_over_the_examples_of_several_classes_is_the_difference_in_accuracy()
    {
        var task = new TabularTask(new TabularOptions { Features = 4, Hidden = [4], Positive = null, Labels = ["a", "b", "c"] });
        using var rows = Rows(4, classes: 3);
        var labels = rows.Labels.ToArray();
        float[] Right(int count) => [.. labels.SelectMany((label, i) => Enumerable.Range(0, 3).Select(c => c == (i < count ? label : (label + 1) % 3) ? 1f : 0))];
        Assert.Equal([0, 1, 1, 0], PairedOutcomes.Differences(task, rows, [true, true, true, true], Right(1), Right(3)));
    }

    [Fact]
    public void Only_new_rows_count()
    {
        using var rows = Rows(40, classes: 2);
        var scores = rows.Labels.ToArray().Select(l => (float)l).ToArray();
        var areNew = new bool[rows.Count];
        Assert.Empty(PairedOutcomes.Differences(Stream.Task, rows, areNew, scores, scores));
        areNew[Array.IndexOf(rows.Labels.ToArray(), 1)] = true;
        Assert.Equal([0], PairedOutcomes.Differences(Stream.Task, rows, areNew, scores, scores));
    }

    [Fact]
    public void An_output_that_is_not_finite_is_the_worst()
    {
        using var rows = Rows(40, classes: 2);
        var scores = rows.Labels.ToArray().Select(l => (float)l).ToArray();
        var broken = scores.Select(_ => float.NaN).ToArray();
        Assert.All(PairedOutcomes.Differences(Stream.Task, rows, [.. Enumerable.Repeat(true, rows.Count)], scores, broken), d => Assert.Equal(-1, d));
    }

    private static RowBuffer Rows(int count, int classes)
    {
        var rows = new RowBuffer();
        for (var i = 0; i < count; i++)
            rows.Add(new byte[16], i % 3 == 0 ? 1 : classes == 2 ? 0 : i % 3, i % 3 == 0 ? 1 : 2);
        return rows;
    }
}
