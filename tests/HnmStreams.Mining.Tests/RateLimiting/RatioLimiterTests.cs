using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.RateLimiting;

namespace HnmStreams.Mining.Tests.RateLimiting;

public sealed class RatioLimiterTests
{
    private static readonly StepLimiterOptions Options = new() { ExamplesPerStep = 10, MinExamples = 35, MaxDebtSteps = 3 };

    [Fact]
    public void Owed_steps_depend_only_on_the_counts_and_not_on_the_order_of_calls()
    {
        var generator = new Xoshiro256StarStar(20_260_512);
        var limiter = new RatioLimiter(Options);
        var (examples, steps) = (0L, 0L);
        for (var call = 0; call < 200_000; call++)
        {
            if (generator.NextInt32(5) == 0)
            {
                var batch = generator.NextInt32(60);
                limiter.Consumed(batch);
                examples += batch;
            }
            else
            {
                var expected = (Math.Max(0, examples - 35) / 10.0) - steps >= 1;
                Assert.Equal(expected, limiter.TryTakeStep());
                steps += expected ? 1 : 0;
            }

            // No step is skipped, however many are owed.
            Assert.Equal((Math.Max(0, examples - 35) / 10.0) - steps, limiter.Owed, 1e-6);
            Assert.True(limiter.Owed >= 0);
            if (call % 1_000 == 0)
                limiter = Restored(limiter);
        }

        Assert.Equal(steps, limiter.StepsTaken);
        Assert.InRange(steps, 10_000, long.MaxValue);
        Assert.Equal(0, limiter.SkippedSteps);
    }

    [Fact]
    public void A_restored_step_limiter_continues_exactly_like_the_saved_one()
    {
        var limiter = new StepLimiter(Options);
        limiter.Consumed(77);
        limiter.TryTakeStep();
        var writer = new StateWriter();
        limiter.Save().Write(writer);
        var restored = StepLimiter.Restore(Options, new StateReader(writer.Written).ReadLimiter());
        for (var i = 0; i < 50; i++)
        {
            limiter.Consumed(i);
            restored.Consumed(i);
            Assert.Equal(limiter.TryTakeStep(), restored.TryTakeStep());
            Assert.Equal(limiter.Save(), restored.Save());
        }
    }

    [Fact]
    public void Rejects_a_saved_state_with_negative_or_undefined_counts()
    {
        var writer = new StateWriter();
        new LimiterState(-1, 0, double.NaN, 0).Write(writer);
        Assert.Throws<InvalidDataException>(() => new StateReader(writer.Written).ReadLimiter());
    }

    private static RatioLimiter Restored(RatioLimiter limiter)
    {
        var writer = new StateWriter();
        limiter.Save().Write(writer);
        var restored = RatioLimiter.Restore(Options, new StateReader(writer.Written).ReadLimiter());
        Assert.Equal((limiter.Owed, limiter.StepsTaken), (restored.Owed, restored.StepsTaken));
        return restored;
    }
}
