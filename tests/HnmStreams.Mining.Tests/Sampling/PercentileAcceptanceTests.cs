using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Tests.Sampling;

public sealed class PercentileAcceptanceTests
{
    [Fact]
    public void The_chance_is_the_share_of_recent_losses_that_are_no_larger()
    {
        var generator = new Xoshiro256StarStar(20_260_508);
        var acceptance = new PercentileAcceptance(100, beta: 2);
        var recent = new Queue<float>();
        Assert.Equal(1, acceptance.ProbabilityOf(0));
        for (var step = 0; step < 20_000; step++)
        {
            // Coarse, so that many are alike.
            var loss = generator.NextInt32(40) / 4f;
            acceptance.Observe(loss);
            recent.Enqueue(loss);
            if (recent.Count > 100)
                recent.Dequeue();
            var asked = generator.NextInt32(44) / 4f;
            Assert.Equal(Math.Pow(recent.Count(l => l <= asked) / (double)recent.Count, 2), acceptance.ProbabilityOf(asked), 1e-12);
        }
    }

    [Fact]
    public void What_is_not_a_number_is_neither_taken_nor_remembered()
    {
        var acceptance = new PercentileAcceptance(4, beta: 1);
        acceptance.Observe(1);
        acceptance.Observe(float.NaN);
        acceptance.Observe(float.PositiveInfinity);
        Assert.Equal(0, acceptance.ProbabilityOf(float.NaN));
        Assert.Equal(0, acceptance.ProbabilityOf(0.5f));
        Assert.Equal(1, acceptance.ProbabilityOf(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PercentileAcceptance(0, 1));
    }

    [Fact]
    public void A_saved_history_goes_on_as_it_would_have()
    {
        var acceptance = new PercentileAcceptance(10, beta: 1);
        for (var i = 0; i < 37; i++)
            acceptance.Observe(i * 7 % 11);
        var writer = new StateWriter();
        acceptance.Save(writer);
        var restored = new PercentileAcceptance(10, beta: 1);
        restored.Restore(new StateReader(writer.Written));
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(acceptance.ProbabilityOf(i % 12), restored.ProbabilityOf(i % 12));
            acceptance.Observe(i);
            restored.Observe(i);
        }

        Assert.Throws<InvalidDataException>(() => new PercentileAcceptance(9, beta: 1).Restore(new StateReader(writer.Written)));
    }
}
