using HnmStreams.Data.Synthetic;
using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Evaluation.Tests.Comparing;

public sealed class ConfidenceSequenceTests
{
    private const double ErrorRate = 0.05;

    /// <summary>The sums of the paper, evaluated from all values at once.</summary>
    [Fact]
    public void The_interval_is_that_of_the_formula()
    {
        double[] values = [.. Enumerable.Range(0, 200).Select(i => Math.Sin(i * i))];
        var sequence = Of(values);
        double[] x = [.. values.Select(d => (1 + d) / 2)];
        double Mean(int t) => (0.5 + x.Take(t).Sum()) / (t + 1);
        double Variance(int t) => (0.25 + Enumerable.Range(1, t).Sum(i => Math.Pow(x[i - 1] - Mean(i), 2))) / (t + 1);
        double[] weights = [.. Enumerable.Range(1, x.Length).Select(t => Math.Min(0.75, Math.Sqrt(2 * Math.Log(2 / ErrorRate) / (Variance(t - 1) * t * Math.Log(1 + t)))))];
        var center = weights.Zip(x, (w, v) => w * v).Sum() / weights.Sum();
        var half = (Math.Log(2 / ErrorRate) + Enumerable.Range(0, x.Length).Sum(i => Math.Pow(x[i] - Mean(i), 2) * (-Math.Log(1 - weights[i]) - weights[i]))) / weights.Sum();

        Assert.Equal((2 * center) - 1, sequence.Mean, 1e-9);
        Assert.Equal((2 * (center - half)) - 1, sequence.Low, 1e-9);
        Assert.Equal((2 * (center + half)) - 1, sequence.High, 1e-9);
        Assert.Equal(200, sequence.Count);
    }

    /// <summary>
    /// Continuous monitoring: an error is an interval that excludes the mean after any of the values. A fixed-size interval that is looked at as
    /// often errs in most runs.
    /// </summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.02)]
    public void The_error_rate_holds_under_continuous_monitoring(double shareOfDifferences)
    {
        const int Runs = 1_000;
        const int Values = 2_000;
        var (errors, errorsOfFixed) = (0, 0);
        for (var run = 0; run < Runs; run++)
        {
            var generator = SplitMix64.Of(7, run);
            var sequence = new ConfidenceSequence(ErrorRate);
            var (isWrong, isFixedWrong, sum, squares) = (false, false, 0.0, 0.0);
            for (var i = 1; i <= Values; i++)
            {
                // Differences between two models of which neither is better.
                var value = generator.NextDouble() >= shareOfDifferences ? 0.0 : generator.NextDouble() < 0.5 ? 1.0 : -1.0;
                sequence.Add(value);
                (sum, squares) = (sum + value, squares + (value * value));
                isWrong |= sequence.Low > 0 || sequence.High < 0;
                isFixedWrong |= i >= 20 && Math.Abs(sum) > 1.96 * Math.Sqrt(squares);
            }

            errors += isWrong ? 1 : 0;
            errorsOfFixed += isFixedWrong ? 1 : 0;
        }

        Assert.True(errors <= ErrorRate * Runs, $"{errors} of {Runs} runs");
        Assert.True(errorsOfFixed > 3 * ErrorRate * Runs, $"{errorsOfFixed} of {Runs} runs");
    }

    [Fact]
    public void The_interval_covers_the_weighted_average_of_means_that_change()
    {
        const int Runs = 400;
        var errors = 0;
        for (var run = 0; run < Runs; run++)
        {
            var generator = SplitMix64.Of(7, run);
            var sequence = new ConfidenceSequence(ErrorRate);
            var isWrong = false;
            for (var i = 0; i < 1_000; i++)
            {
                var mean = i < 500 ? -0.2 : 0;
                sequence.Add(generator.NextDouble() < (1 + mean) / 2 ? 1 : -1);
                isWrong |= sequence.Low > 0 || sequence.High < -0.2;
            }

            errors += isWrong ? 1 : 0;
        }

        Assert.True(errors <= ErrorRate * Runs, $"{errors} of {Runs} runs");
    }

    [Fact]
    public void A_small_difference_is_found_after_enough_values()
    {
        var sequence = new ConfidenceSequence(ErrorRate);
        for (var i = 0; i < 2_000; i++)
            sequence.Add(i % 10 == 0 ? 0.5 : 0);
        Assert.InRange(sequence.Low, 0.0001, 0.05);
        Assert.InRange(sequence.High, 0.05, 0.2);
    }

    [Fact]
    public void Without_values_everything_is_possible()
    {
        var sequence = new ConfidenceSequence(ErrorRate);
        Assert.Equal((0, -1, 1), (sequence.Mean, sequence.Low, sequence.High));
    }

    [Theory]
    [InlineData(1.01)]
    [InlineData(-1.01)]
    [InlineData(double.NaN)]
    public void A_difference_out_of_range_is_rejected(double difference) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfidenceSequence(ErrorRate).Add(difference));

    [Fact]
    public void The_error_rates_of_all_comparisons_sum_up_to_the_error_rate()
    {
        var sum = Enumerable.Range(1, 100_000).Sum(n => ErrorBudget.Of(ErrorRate, n));
        Assert.InRange(sum, 0.9999 * ErrorRate, ErrorRate);
    }

    private static ConfidenceSequence Of(IEnumerable<double> values)
    {
        var sequence = new ConfidenceSequence(ErrorRate);
        foreach (var value in values)
            sequence.Add(value);
        return sequence;
    }
}
