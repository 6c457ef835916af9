using CsCheck;
using HnmStreams.Evaluation.Metrics;
using HnmStreams.Evaluation.Outcomes;

namespace HnmStreams.Evaluation.Tests.Outcomes;

public sealed class OutcomeTableTests
{
    private const int Bins = 20;

    // The centers of the bins, for which binned metrics are exact.
    private static readonly Gen<(int Version, int Seconds, float Probability, bool Positive)[]> Outcomes = Gen.Select(
        Gen.Int[1, 3], Gen.Int[0, 5_000], Gen.Int[0, Bins - 1].Select(b => (b + 0.5f) / Bins), Gen.Bool).Array[1, 200];

    [Fact]
    public void Agrees_with_the_exact_metrics_if_probabilities_are_those_of_the_bins() =>
        Outcomes.Sample(outcomes =>
        {
            var table = Filled(outcomes);
            AssertMetrics(outcomes, table.Total());
            Assert.Equal(outcomes.Select(o => (long)o.Version).Distinct().Order(), table.ByVersion().Select(v => v.Version));
            foreach (var version in table.ByVersion())
                AssertMetrics([.. outcomes.Where(o => o.Version == version.Version)], version.Metrics);
            var delays = table.ByDelay();
            foreach (var delay in delays)
                AssertMetrics([.. outcomes.Where(o => o.Seconds >= delay.From.TotalSeconds && (delay.To is not { } to || o.Seconds < to.TotalSeconds))], delay.Metrics);
            Assert.Equal(outcomes.Length, delays.Sum(d => d.Metrics.Weight));
        }, iter: 300);

    [Fact]
    public void An_outcome_that_is_taken_back_leaves_no_trace() =>
        Outcomes.Sample(outcomes =>
        {
            var table = Filled(outcomes);
            foreach (var (version, seconds, probability, positive) in outcomes.Skip(1))
                table.Remove(version, TimeSpan.FromSeconds(seconds), probability, positive);
            AssertMetrics(outcomes[..1], table.Total());
            table.Remove(99, TimeSpan.Zero, 0.5f, true);
            Assert.Equal(1, table.Total().Weight, 1e-9);
        }, iter: 100);

    [Fact]
    public void Continues_from_a_saved_content() =>
        Outcomes.Sample(outcomes =>
        {
            var table = Filled(outcomes);
            var other = new OutcomeTable(4, Bins);
            other.Restore(table.Save());
            Assert.Equal(table.Total(), other.Total());
            Assert.Equal(table.ByDelay(), other.ByDelay());
            var smaller = new OutcomeTable(1, Bins);
            smaller.Restore(table.Save());
            Assert.Equal(table.ByVersion()[^1], Assert.Single(smaller.ByVersion()));
            AssertMetrics(outcomes, smaller.Total());
        }, iter: 100);

    [Fact]
    public void Keeps_the_newest_versions()
    {
        var table = new OutcomeTable(maxVersions: 2, bins: 4);
        foreach (var version in (long[])[3, 5, 4, 2])
            table.Add(version, TimeSpan.Zero, 0.5f, true);
        Assert.Equal([4L, 5L], table.ByVersion().Select(v => v.Version));

        // Versions change faster than labels come: the outcomes of earlier ones stay in the total and over delay.
        Assert.Equal(4, table.Total().Weight);
        Assert.Equal(4, Assert.Single(table.ByDelay()).Metrics.Weight);
        table.Remove(3, TimeSpan.Zero, 0.5f, true);
        Assert.Equal(3, table.Total().Weight);
        var other = new OutcomeTable(maxVersions: 2, bins: 4);
        other.Restore(table.Save());
        Assert.Equal(table.Total(), other.Total());
    }

    [Fact]
    public void Undefined_metrics_are_NaN()
    {
        var table = new OutcomeTable();
        Assert.True(double.IsNaN(table.Total().LogLoss));
        table.Add(1, TimeSpan.FromDays(400), 0, positive: true);
        var metrics = Assert.Single(table.ByDelay());
        Assert.Equal((TimeSpan.FromDays(30), null), (metrics.From, metrics.To));
        Assert.True(double.IsNaN(metrics.Metrics.RocAuc));
        Assert.Equal(-Math.Log(1e-7), metrics.Metrics.LogLoss, 1e-6);
        table.Add(1, TimeSpan.Zero, float.NaN, positive: true);
        Assert.Equal(1, table.Total().Weight);
        Assert.Throws<ArgumentException>(() => table.Add(1, TimeSpan.Zero, 1.5f, true));
        Assert.Throws<InvalidDataException>(() => table.Restore(new OutcomeContent(7, [])));
    }

    private static OutcomeTable Filled((int Version, int Seconds, float Probability, bool Positive)[] outcomes)
    {
        var table = new OutcomeTable(4, Bins);
        foreach (var (version, seconds, probability, positive) in outcomes)
            table.Add(version, TimeSpan.FromSeconds(seconds), probability, positive);
        return table;
    }

    private static void AssertMetrics((int Version, int Seconds, float Probability, bool Positive)[] outcomes, OutcomeMetrics metrics)
    {
        float[] scores = [.. outcomes.Select(o => o.Probability)];
        bool[] positive = [.. outcomes.Select(o => o.Positive)];
        Assert.Equal(outcomes.Length, metrics.Weight, 1e-9);
        Assert.Equal(positive.Average(p => p ? 1.0 : 0), metrics.PositiveShare, 1e-9);
        Assert.Equal(RankingMetrics.RocAuc(scores, positive), metrics.RocAuc, 1e-9);
        Assert.Equal(RankingMetrics.AveragePrecision(scores, positive), metrics.AveragePrecision, 1e-9);
        Assert.Equal(outcomes.Average(o => -Math.Log(o.Positive ? o.Probability : 1.0 - o.Probability)), metrics.LogLoss, 1e-6);
        Assert.Equal(outcomes.Average(o => Math.Pow((o.Positive ? 1 : 0) - o.Probability, 2)), metrics.Brier, 1e-6);
    }
}
