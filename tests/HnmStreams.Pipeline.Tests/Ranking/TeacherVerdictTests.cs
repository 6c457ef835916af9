using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Tests.Ranking;

public sealed class TeacherVerdictTests : IDisposable
{
    private readonly TeacherFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_candidate_that_the_teacher_calls_a_positive_is_quarantined_instead_of_mined()
    {
        var task = _folder.Task();
        using var ranker = Create(task);
        // Two negatives that sum up to more than the threshold of a positive are label errors.
        ranker.TakeIn(Checked(task, [2, 2, 0, 0], ("wrong", 0, 5), ("wrong as well", 0, 4)));
        ranker.TakeIn(Checked(task, [0, 0, 0, 0], ("right", 0, 3)));
        Assert.Equal(["right"], ranker.Inspection.Hardest(10).Select(h => h.Id));
        var status = ranker.Status();
        Assert.Equal((1, 2, 3L, 2L), (status.Pool.Count, status.Pool.Quarantined, status.Teacher!.Checked, status.Teacher.HeldBack));
        var suspect = ranker.Inspection.Quarantined()[0];
        Assert.Equal(("wrong", 1), (suspect.Id, suspect.Quarantine!.Visits));
        Assert.Contains("the teacher gives another label the probability", suspect.Quarantine.Reason, StringComparison.Ordinal);
        // It stays there when it arrives again, and is counted once.
        ranker.TakeIn(Checked(task, [2, 2, 0, 0], ("wrong", 0, 5)));
        Assert.Equal((2, 2L), (ranker.Status().Pool.Quarantined, ranker.Status().Teacher!.HeldBack));
    }

    [Fact]
    public void Easy_candidates_and_positives_are_not_checked()
    {
        var task = _folder.Task();
        using var ranker = Create(task);
        ranker.TakeIn(Checked(task, [2, 2, 0, 0], ("easy", 0, 0.5f), ("positive", 1, 5)));
        Assert.Equal((0L, 0L, 1), (ranker.Status().Teacher!.Checked, task.Teacher!.Computed, ranker.Status().Pool.Count));
    }

    [Fact]
    public void A_candidate_of_the_pool_moves_to_the_quarantine_when_it_has_become_hard_enough_to_be_checked()
    {
        var task = _folder.Task();
        using var ranker = Create(task);
        ranker.TakeIn(Checked(task, [2, 2, 0, 0], ("a", 0, 0.5f)));
        Assert.Equal((1, 0), (ranker.Status().Pool.Count, ranker.Status().Pool.Quarantined));
        ranker.TakeIn(Checked(task, [2, 2, 0, 0], ("a", 0, 2)));
        Assert.Equal((0, 1), (ranker.Status().Pool.Count, ranker.Status().Pool.Quarantined));
    }

    [Fact]
    public void A_released_candidate_is_mined_although_the_teacher_contradicts_it()
    {
        var task = _folder.Task();
        using var ranker = Create(task);
        ranker.TakeIn(Checked(task, [2, 2, 0, 0], ("a", 0, 2)));
        Assert.True(ranker.Inspection.Release("a", 0));
        ranker.TakeIn(Checked(task, [2, 2, 0, 0], ("a", 0, 2)));
        Assert.Equal((1, 0, 1L), (ranker.Status().Pool.Count, ranker.Status().Pool.Quarantined, ranker.Status().Teacher!.HeldBack));
    }

    private static Ranker Create(IMiningTask task)
    {
        var options = new PipelineOptions { Seed = 5 };
        options.Limiter.MinExamples = 0;
        return new Ranker(task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
    }

    private static ExampleBatch Checked(IMiningTask task, float[] features, params (string Id, int Label, float Hardness)[] rows)
    {
        var batch = RankerTests.Batch(0, features, rows);
        TeacherCheck.Check(task, task.Teacher!, batch, isExact: true);
        return batch;
    }
}
