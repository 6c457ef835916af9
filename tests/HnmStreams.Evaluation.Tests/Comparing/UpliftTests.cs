using HnmStreams.Evaluation.Comparing;
using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Tests.Comparing;

public sealed class UpliftTests
{
    [Fact]
    public void For_a_mean_the_interval_equals_the_paired_t_test()
    {
        // With one example per group, the jackknife variance of a mean is s² / n.
        var first = Enumerable.Range(0, JackknifeGroups.Count).Select(i => Math.Sin(i)).ToArray();
        var second = Enumerable.Range(0, JackknifeGroups.Count).Select(i => Math.Cos(3 * i) / 2).ToArray();
        var groups = new JackknifeGroups(new int[first.Length]);
        var uplift = Uplift.Of(Grouped(groups, w => Mean(first, w)), Grouped(groups, w => Mean(second, w)))!;

        var differences = first.Zip(second, (a, b) => a - b).ToArray();
        var mean = differences.Average();
        var error = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1) / differences.Length);
        Assert.Equal(mean, uplift.Mean, 12);
        Assert.Equal(mean - (2.0930 * error), uplift.Low, 5);
        Assert.Equal(mean + (2.0930 * error), uplift.High, 5);
    }

    [Fact]
    public void Is_zero_for_identical_models()
    {
        var (scores, positive) = Stream(1_000, seed: 3, skill: 1);
        var groups = new JackknifeGroups(Strata(positive));
        var metric = Grouped(groups, w => RankingMetrics.AveragePrecision(scores, positive, w));
        Assert.Equal(new Uplift(0, 0, 0), Uplift.Of(metric, metric));
    }

    [Fact]
    public void Interval_covers_the_true_difference_at_its_nominal_rate_and_is_no_wider_than_needed()
    {
        const int Runs = 100;
        // The true difference, from many more examples than a run has.
        var (better, worse, truth) = Pair(200_000, seed: 99);
        var difference = RankingMetrics.AveragePrecision(better, truth) - RankingMetrics.AveragePrecision(worse, truth);
        var covered = 0;
        var (means, halfWidths) = (new double[Runs], new double[Runs]);
        for (var run = 0; run < Runs; run++)
        {
            var (first, second, positive) = Pair(1_000, seed: (ulong)run + 1);
            var groups = new JackknifeGroups(Strata(positive));
            var uplift = Uplift.Of(
                Grouped(groups, w => RankingMetrics.AveragePrecision(first, positive, w)),
                Grouped(groups, w => RankingMetrics.AveragePrecision(second, positive, w)))!;
            covered += uplift.Low <= difference && difference <= uplift.High ? 1 : 0;
            (means[run], halfWidths[run]) = (uplift.Mean, (uplift.High - uplift.Low) / 2);
        }

        // 95 % of 100, minus 5 binomial standard deviations, minus one more for the skew of few positives.
        Assert.InRange(covered, 82, 100);
        // An interval that is too wide covers too often, which 100 runs cannot show: its width is compared with the spread of the estimates.
        var average = means.Average();
        var deviation = Math.Sqrt(means.Sum(m => (m - average) * (m - average)) / (Runs - 1));
        Assert.InRange(halfWidths.Average() / (2.0930 * deviation), 0.8, 1.3);
    }

    [Fact]
    public void Is_null_for_an_undefined_metric()
    {
        bool[] positive = [true, .. new bool[99]];
        var scores = Enumerable.Range(0, 100).Select(i => (float)i).ToArray();
        var groups = new JackknifeGroups(Strata(positive));
        var metric = Grouped(groups, w => RankingMetrics.AveragePrecision(scores, positive, w));
        // Without the group of the only positive, the metric is undefined.
        Assert.Null(Uplift.Of(metric, metric));
    }

    [Fact]
    public void Rejects_another_number_of_groups()
    {
        var few = new GroupedMetric(1, [1, 1]);
        Assert.Throws<ArgumentException>(() => Uplift.Of(few, few));
    }

    [Fact]
    public void Each_group_has_its_share_of_each_stratum_and_weights_compensate_for_its_removal()
    {
        var strata = Enumerable.Range(0, 1_037).Select(i => i % 100 == 0 ? 1 : 0).ToArray();
        var groups = new JackknifeGroups(strata);
        for (var group = 0; group < JackknifeGroups.Count; group++)
        {
            foreach (var stratum in new[] { 0, 1 })
            {
                var members = Enumerable.Range(0, strata.Length).Where(i => strata[i] == stratum).ToArray();
                var deleted = members.Count(i => groups.Factor(i, group) == 0);
                Assert.InRange(deleted, members.Length / JackknifeGroups.Count, (members.Length / JackknifeGroups.Count) + 1);
                Assert.Equal(members.Length, members.Sum(i => (double)groups.Factor(i, group)), 3);
            }
        }

        // Each example is deleted once.
        Assert.All(Enumerable.Range(0, strata.Length), i => Assert.Equal(1, Enumerable.Range(0, JackknifeGroups.Count).Count(g => groups.Factor(i, g) == 0)));
    }

    private static GroupedMetric Grouped(JackknifeGroups groups, Func<float[], double> metric)
    {
        var count = groups.Examples;
        return new GroupedMetric(
            metric([.. Enumerable.Repeat(1f, count)]),
            [.. Enumerable.Range(0, JackknifeGroups.Count).Select(g => metric([.. Enumerable.Range(0, count).Select(i => groups.Factor(i, g))]))]);
    }

    private static double Mean(double[] values, float[] weights) => values.Zip(weights, (v, w) => v * w).Sum() / weights.Sum();

    private static int[] Strata(bool[] positive) => [.. positive.Select(p => p ? 1 : 0)];

    /// <summary>Generates two models that make errors on the same examples, one of them slightly fewer.</summary>
    private static (float[] Better, float[] Worse, bool[] Positive) Pair(int count, ulong seed)
    {
        var (scores, positive) = Stream(count, seed, skill: 1.5);
        var noise = Stream(count, seed + 1_000_000, skill: 0).Scores;
        return (scores, [.. scores.Zip(noise, (s, n) => s + (0.7f * n))], positive);
    }

    private static (float[] Scores, bool[] Positive) Stream(int count, ulong seed, double skill)
    {
        var state = seed;
        var (scores, positive) = (new float[count], new bool[count]);
        for (var i = 0; i < count; i++)
        {
            positive[i] = Next(ref state) < 0.05;
            // The sum of twelve uniform numbers is approximately normal.
            var noise = Enumerable.Range(0, 12).Sum(_ => Next(ref state)) - 6;
            scores[i] = (float)(noise + (positive[i] ? skill : 0));
        }

        return (scores, positive);
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014).</summary>
    private static double Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
