using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Training;

namespace HnmStreams.Pipeline.Tests.Training;

public sealed class ExactTrainingTests : IDisposable
{
    private readonly VersionSchedule _versions = new(overlap: 2, []);

    public void Dispose() => _versions.Dispose();

    [Fact]
    public void A_round_has_the_feedback_added_since_the_previous_one()
    {
        var training = new ExactTraining(_versions, overlap: 2, []);
        training.Add(Step(1));
        training.Add(Step(2));
        Assert.Equal([1L, 2], training.End(0).Steps.Select(s => s.ModelVersion));
        training.Add(Step(3));
        Assert.Equal([3L], training.End(1).Steps.Select(s => s.ModelVersion));
        Assert.Empty(training.End(2).Steps);
    }

    [Theory]
    [InlineData(0, new long[0])]
    [InlineData(1, new long[] { 9 })]
    [InlineData(3, new long[] { 7, 8, 9 })]
    public void The_number_of_pending_rounds_is_the_overlap(int overlap, long[] pending)
    {
        var training = new ExactTraining(_versions, overlap, []);
        for (var number = 0; number < 10; number++)
            training.End(number);
        Assert.Equal(pending, training.Pending.Select(r => r.Number));
    }

    [Fact]
    public void Pending_rounds_of_a_checkpoint_are_kept_until_they_are_applied()
    {
        var training = new ExactTraining(_versions, overlap: 2, [new TrainedRound(4, []), new TrainedRound(5, [])]);
        training.End(6);
        Assert.Equal([5L, 6], training.Pending.Select(r => r.Number));
    }

    private static StepFeedback Step(long version) => new([], [], version);
}
