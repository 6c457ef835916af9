using CsCheck;
using HnmStreams.Mining.RateLimiting;

namespace HnmStreams.Mining.Tests.RateLimiting;

public sealed class StepLimiterTests
{
    [Fact]
    public void Never_allows_more_steps_than_the_ratio() =>
        Gen.Select(Gen.Long[0, 2_000], Gen.Int[0, 6]).Array[1, 200].Sample(
            batches =>
            {
                var options = new StepLimiterOptions { ExamplesPerStep = 100, MinExamples = 500, MaxDebtSteps = 3 };
                var limiter = new StepLimiter(options);
                long examples = 0, steps = 0;
                foreach (var (consumed, requested) in batches)
                {
                    var before = Math.Max(0, examples - 500) / 100.0;
                    limiter.Consumed(consumed);
                    examples += consumed;
                    var paid = (Math.Max(0, examples - 500) / 100.0) - before;
                    // The debt carried over is bounded; the steps of this batch are added in full.
                    Assert.InRange(limiter.Owed, paid - 1e-9, paid + 3 + 1e-9);
                    for (var i = 0; i < requested && limiter.TryTakeStep(); i++)
                        steps++;
                    Assert.True(steps <= Math.Max(0, examples - 500) / 100.0);
                    // Every step is taken, owed or skipped.
                    var accounted = steps + limiter.Owed + limiter.Save().SkippedSteps;
                    Assert.Equal(Math.Max(0, examples - 500) / 100.0, accounted, 6);
                }

                Assert.Equal(steps, limiter.StepsTaken);
            },
            seed: "0N0XIzNsQ0O2", iter: 500);

    [Fact]
    public void A_slow_trainer_does_not_catch_up_in_a_burst()
    {
        var limiter = new StepLimiter(new StepLimiterOptions { ExamplesPerStep = 10, MinExamples = 0, MaxDebtSteps = 2 });
        for (var batch = 0; batch < 100; batch++)
            limiter.Consumed(10);
        // Two steps carried over and one of the last batch.
        for (var step = 0; step < 3; step++)
            Assert.True(limiter.TryTakeStep());
        Assert.False(limiter.TryTakeStep());
        Assert.Equal(97, limiter.SkippedSteps);
    }

    [Fact]
    public void A_trainer_that_keeps_up_skips_no_step_even_with_large_batches()
    {
        var limiter = new StepLimiter(new StepLimiterOptions { ExamplesPerStep = 16, MinExamples = 0, MaxDebtSteps = 4 });
        for (var batch = 0; batch < 313; batch++)
        {
            limiter.Consumed(512);
            while (limiter.TryTakeStep())
            {
            }
        }

        Assert.Equal((313 * 512 / 16, 0), (limiter.StepsTaken, limiter.SkippedSteps));
    }

    [Fact]
    public void A_restored_limiter_continues_without_a_jump()
    {
        var options = new StepLimiterOptions { ExamplesPerStep = 7, MinExamples = 20 };
        var limiter = new StepLimiter(options);
        limiter.Consumed(31);
        limiter.TryTakeStep();
        var restored = StepLimiter.Restore(options, limiter.Save());
        for (var i = 0; i < 50; i++)
        {
            limiter.Consumed(3);
            restored.Consumed(3);
            Assert.Equal(limiter.TryTakeStep(), restored.TryTakeStep());
        }

        Assert.Equal(limiter.Save(), restored.Save());
    }
}
