using HnmStreams.Data.Synthetic;
using HnmStreams.Evaluation.Delays;

namespace HnmStreams.Evaluation.Tests.Delays;

public sealed class DelayedFeedbackTests
{
    private static readonly double[] Probabilities = [0.001, 0.1, 0.3, 0.5, 0.9];

    /// <summary>Each positive is two records, a negative one and a positive one, so that n examples give n (1 + p) records.</summary>
    [Fact]
    public void Fake_negative_weights_restore_the_true_distribution()
    {
        foreach (var p in Probabilities)
        {
            var (positive, negative) = (p / (1 + p), 1 / (1 + p));
            Assert.Equal(p, positive * DelayedFeedback.FakeNegativePositiveWeight(p), 12);
            Assert.Equal(1 - p, negative * DelayedFeedback.FakeNegativeNegativeWeight(p), 12);
            Assert.Equal(p, DelayedFeedback.FakeNegativeCalibrated(positive), 12);
        }
    }

    /// <summary>A positive is seen as one with probability F, and as a negative otherwise.</summary>
    [Fact]
    public void Feedback_shift_weights_restore_the_true_distribution()
    {
        foreach (var p in Probabilities)
        {
            foreach (var observed in (double[])[0.05, 0.4, 1])
            {
                Assert.Equal(p, p * observed * DelayedFeedback.FeedbackShiftPositiveWeight(observed), 12);
                Assert.Equal(1 - p, (1 - (p * observed)) * DelayedFeedback.FeedbackShiftNegativeWeight(p, observed), 12);
            }
        }
    }

    /// <summary>Values that were computed by hand.</summary>
    [Fact]
    public void Agrees_with_computed_values()
    {
        Assert.Equal(1.2, DelayedFeedback.FakeNegativePositiveWeight(0.2), 12);
        Assert.Equal(0.96, DelayedFeedback.FakeNegativeNegativeWeight(0.2), 12);
        Assert.Equal(0.25, DelayedFeedback.FakeNegativeCalibrated(0.2), 12);
        Assert.Equal(1, DelayedFeedback.FakeNegativeCalibrated(0.7));
        Assert.Equal(4, DelayedFeedback.FeedbackShiftPositiveWeight(0.25), 12);
        Assert.Equal(0.8 / 0.95, DelayedFeedback.FeedbackShiftNegativeWeight(0.2, 0.25), 12);
        Assert.Equal(0, DelayedFeedback.FeedbackShiftNegativeWeight(1, 1));
    }

    /// <summary>The weighted loss over labels with delay has its minimum at the true probability, the unweighted one below it.</summary>
    [Fact]
    public void A_weighted_fit_of_delayed_labels_finds_the_true_probability()
    {
        const double truth = 0.2, observed = 0.6;
        var random = SplitMix64.Of(7, 3);
        var seen = Enumerable.Range(0, 200_000).Select(_ => random.NextDouble() < truth && random.NextDouble() < observed).ToArray();
        var naive = seen.Average(s => s ? 1.0 : 0);
        var estimate = naive;
        for (var step = 0; step < 50; step++)
        {
            var positive = naive * DelayedFeedback.FeedbackShiftPositiveWeight(observed);
            var negative = (1 - naive) * DelayedFeedback.FeedbackShiftNegativeWeight(estimate, observed);
            estimate = positive / (positive + negative);
        }

        Assert.InRange(naive, 0.11, 0.13);
        Assert.InRange(estimate, truth - 0.01, truth + 0.01);
    }

    [Fact]
    public void Rejects_numbers_that_are_no_probabilities()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayedFeedback.FakeNegativePositiveWeight(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayedFeedback.FeedbackShiftPositiveWeight(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayedFeedback.FeedbackShiftNegativeWeight(0.5, double.NaN));
    }
}
