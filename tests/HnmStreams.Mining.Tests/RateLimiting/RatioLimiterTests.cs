using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.RateLimiting;

namespace HnmStreams.Mining.Tests.RateLimiting;

public sealed class RatioLimiterTests
{
    private static readonly StepLimiterOptions Options = new() { ExamplesPerStep = 10, MinimumExamples = 35, MaximumDebtSteps = 3 };

    /// <summary>Whoever may go on does or does not, by chance: the band holds, and somebody always may.</summary>
    [Fact]
    public void The_band_holds_in_every_order_and_nobody_waits_for_ever()
    {
        var generator = new Xoshiro256StarStar(20_260_512);
        var limiter = new RatioLimiter(Options);
        var (examples, steps, able) = (0L, 0L, true);
        for (var move = 0; move < 200_000; move++)
        {
            if (generator.NextInt32(1_000) == 0)
                able = !able;
            var batch = generator.NextInt32(60);
            var mayConsume = limiter.MayConsume(batch, able);
            var mayStep = able && limiter.Owed >= 1;
            Assert.True(mayConsume || mayStep, "Neither the stream nor the trainer may go on.");
            var before = limiter.Owed;
            if (mayConsume && generator.NextInt32(2) == 0)
            {
                limiter.Consumed(batch);
                examples += batch;
                // Above the band only by the one batch that had to be let in, while less than a step was owed, or while nobody could step.
                Assert.True(!able || limiter.Owed <= Options.MaximumDebtSteps || before < 1);
            }
            else if (mayStep)
            {
                Assert.True(limiter.TryTakeStep());
                steps++;
            }

            Assert.Equal((Math.Max(0, examples - 35) / 10.0) - steps, limiter.Owed, 1e-6);
            Assert.True(limiter.Owed >= 0);
            if (move % 1_000 == 0)
                limiter = Reloaded(limiter);
        }

        Assert.Equal(steps, limiter.StepsTaken);
        Assert.Equal(0, limiter.SkippedSteps);
    }

    [Fact]
    public void The_live_form_goes_on_from_a_saved_state_without_a_jump()
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
    public void A_state_that_cannot_be_a_limiters_is_refused()
    {
        var writer = new StateWriter();
        new LimiterState(-1, 0, double.NaN, 0).Write(writer);
        Assert.Throws<InvalidDataException>(() => new StateReader(writer.Written).ReadLimiter());
    }

    private static RatioLimiter Reloaded(RatioLimiter limiter)
    {
        var writer = new StateWriter();
        limiter.Save().Write(writer);
        var restored = RatioLimiter.Restore(Options, new StateReader(writer.Written).ReadLimiter());
        Assert.Equal((limiter.Owed, limiter.StepsTaken), (restored.Owed, restored.StepsTaken));
        return restored;
    }
}
