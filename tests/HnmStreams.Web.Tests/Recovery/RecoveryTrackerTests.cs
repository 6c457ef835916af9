using HnmStreams.Web.Recovery;

namespace HnmStreams.Web.Tests.Recovery;

public sealed class RecoveryTrackerTests
{
    private readonly RecoveryTracker _tracker = new(new StreamChanges(After: 1_000, Every: 1_000));

    [Fact]
    public void Measures_from_the_change_until_two_evaluations_reach_the_level()
    {
        // 100 examples and 10 steps per second; the change arrives at 10 s.
        Run(1, 10, 1.0, 1.0);
        Run(11, 12, 0.5, 0.4);
        Run(13, 15, 0.96, 0.5);
        Run(16, 19, 0.97, 0.96);
        var change = Assert.Single(_tracker.Recoveries);
        Assert.Equal((1L, 1_000L, 10.0, 0.95), (change.Number, change.Examples, change.AtSeconds, change.Level));
        Assert.Equal(new LearnerRecovery(0.5, true, 3, 30), change.Mined);
        Assert.Equal(new LearnerRecovery(0.4, true, 6, 60), change.Random);
        Assert.False(change.Ended);
    }

    [Fact]
    public void The_level_follows_from_the_median_of_the_learners_before_the_change()
    {
        Run(1, 10, 1.0, 0.6, 0.8);
        Run(11, 12, 0.7, 0.7, 0.7);
        Assert.Equal(0.76, Assert.Single(_tracker.Recoveries).Level, 1e-9);
    }

    [Fact]
    public void One_evaluation_at_the_level_is_not_enough()
    {
        Run(1, 10, 1.0, 1.0);
        Run(11, 12, 0.5, 0.5);
        Run(13, 13, 0.99, 0.99);
        Run(14, 14, 0.5, 0.5);
        Run(15, 16, 0.99, 0.5);
        var change = Assert.Single(_tracker.Recoveries);
        Assert.Equal(5, change.Mined.Seconds);
        Assert.Null(change.Random.Seconds);
    }

    [Fact]
    public void A_learner_that_is_not_back_before_the_next_change_has_no_time()
    {
        Run(1, 10, 1.0, 1.0);
        Run(11, 15, 0.5, 0.4);
        Run(16, 21, 0.97, 0.5);
        var ended = _tracker.Recoveries[0];
        Assert.True(ended.Ended);
        Assert.Equal(10, ended.Observed, 1e-9);
        Assert.Equal((6.0, (double?)null, 0.4), (ended.Mined.Seconds, ended.Random.Seconds, ended.Random.Lowest));
        // The next level follows from the newest evaluations, in which both baselines have not recovered.
        Assert.Equal(0.475, _tracker.Recoveries[1].Level, 1e-9);
    }

    [Fact]
    public void A_learner_that_never_fell_recovers_at_once_when_the_change_is_over()
    {
        Run(1, 10, 1.0, 1.0);
        Run(11, 19, 0.98, 0.5);
        Assert.Null(_tracker.Recoveries[0].Mined.Seconds);
        Run(20, 21, 0.98, 0.5);
        Assert.Equal(new LearnerRecovery(0.98, false, 0, 0), _tracker.Recoveries[0].Mined);
    }

    [Fact]
    public void Weights_from_before_the_change_do_not_count()
    {
        Run(1, 10, 1.0, 1.0);
        // An evaluation that arrives late: its weights are older than the change.
        _tracker.Observe(At(11, compared: 99, 0.2, 0.2));
        Assert.Null(_tracker.Recoveries[0].FirstEvaluation);
        _tracker.Observe(At(12, compared: 120, 0.9, 0.9));
        Assert.Equal(2, _tracker.Recoveries[0].FirstEvaluation);
        Assert.Equal(0.9, _tracker.Recoveries[0].Mined.Lowest);
    }

    [Fact]
    public void A_change_before_the_first_evaluation_is_not_measured()
    {
        for (var second = 1; second <= 12; second++)
            _tracker.Observe(At(second, null, 0, 0) with { Metrics = null });
        Assert.Empty(_tracker.Recoveries);
    }

    [Fact]
    public void A_run_that_begins_after_a_change_does_not_measure_it()
    {
        Run(15, 18, 1.0, 1.0);
        Assert.Empty(_tracker.Recoveries);
    }

    private void Run(int from, int to, double mined, double random, double? equalCompute = null)
    {
        for (var second = from; second <= to; second++)
            _tracker.Observe(At(second, second * 10, mined, random, equalCompute));
    }

    private static RecoveryObservation At(int second, long? compared, double mined, double random, double? equalCompute = null) =>
        new(second, second * 100, second * 10, compared, [(mined, compared ?? 0), (random, compared ?? 0), (equalCompute ?? random, compared ?? 0)]);
}
