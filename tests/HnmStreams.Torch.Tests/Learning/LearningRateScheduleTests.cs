using System.ComponentModel.DataAnnotations;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Torch.Tests.Learning;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData("constant", 0, 0.5)]
    [InlineData("constant", 3, 2.0)]
    [InlineData("constant", 4, 2.0)]
    [InlineData("constant", 1_000_000, 2.0)]
    [InlineData("linear", 4, 2.0)]
    [InlineData("linear", 8, 1.0)]
    [InlineData("linear", 12, 0.0)]
    [InlineData("linear", 13, 0.0)]
    [InlineData("cosine", 4, 2.0)]
    [InlineData("cosine", 6, 1.7071067811865475)]
    [InlineData("cosine", 8, 1.0)]
    [InlineData("cosine", 12, 0.0)]
    [InlineData("cosine", 99, 0.0)]
    public void The_rate_rises_for_four_steps_and_decays_until_the_twelfth(string schedule, long step, double expected)
    {
        var options = new TrainingOptions { LearningRate = 2, Schedule = schedule, WarmupSteps = 4, TotalSteps = 12 };
        Assert.Equal(expected, new LearningRateSchedule(options).At(step), 1e-12);
    }

    [Fact]
    public void Without_warm_up_the_first_step_has_the_full_rate() =>
        Assert.Equal(1e-3, new LearningRateSchedule(new TrainingOptions()).At(0));

    [Theory]
    [InlineData(0, 16)]
    [InlineData(60, 2 * (1 + (7 / Math.E)))]
    [InlineData(120, 2 * (1 + (7 / (Math.E * Math.E))))]
    [InlineData(1_000_000, 2)]
    public void The_initial_factor_falls_to_one(long step, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(new TrainingOptions { LearningRate = 2, InitialFactor = 8, InitialSteps = 60 }).At(step), 1e-12);

    [Fact]
    public void The_initial_factor_multiplies_the_warm_up_and_prodigy_ignores_it()
    {
        Assert.Equal(8, new LearningRateSchedule(new TrainingOptions { LearningRate = 2, InitialFactor = 8, WarmupSteps = 2 }).At(0));
        Assert.Equal(1, new LearningRateSchedule(new TrainingOptions { Optimizer = "prodigy", InitialFactor = 8 }).At(0));
    }

    [Fact]
    public void Prodigy_gets_a_factor_instead_of_the_learning_rate()
    {
        var schedule = new LearningRateSchedule(new TrainingOptions { Optimizer = "prodigy", LearningRate = 0.02, WarmupSteps = 4 });
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 5).Select(step => schedule.At(step)));
    }

    [Theory]
    [InlineData("schedule-free", "linear", false)]
    [InlineData("schedule-free", "constant", true)]
    [InlineData("prodigy", "cosine", true)]
    public void The_schedule_free_optimizer_rejects_a_schedule(string optimizer, string schedule, bool valid)
    {
        var options = new TrainingOptions { Optimizer = optimizer, Schedule = schedule, TotalSteps = 100 };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    [Theory]
    [InlineData("linear", 0, 0, false)]
    [InlineData("cosine", 10, 10, false)]
    [InlineData("cosine", 10, 11, true)]
    [InlineData("constant", 10, 0, true)]
    public void A_decaying_schedule_requires_an_end(string schedule, long warmup, long total, bool valid)
    {
        var options = new TrainingOptions { Schedule = schedule, WarmupSteps = warmup, TotalSteps = total };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    [Theory]
    [InlineData("adagrad", "constant")]
    [InlineData("adam", "step")]
    public void Rejects_unknown_names(string optimizer, string schedule)
    {
        var options = new TrainingOptions { Optimizer = optimizer, Schedule = schedule };
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }
}
