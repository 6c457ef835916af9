using System.Numerics;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Tests.Checkpointing.Crashes;

public sealed class CrashDecisionTests
{
    [Fact]
    public void Every_culprit_in_every_size_is_found_alone_and_in_time()
    {
        for (var size = 1; size <= 600; size++)
        {
            for (var at = 0; at < size; at++)
            {
                var (history, deaths) = Run([new("t", 3, 1_000, 1_000 + size - 1)], new Origin("t", 3, 1_000 + at));
                Assert.Equal(new PoisonRecord(NativeWork.Scoring, "t", 3, 1_000 + at, deaths), Assert.Single(history.Culprits));
                Assert.Empty(history.Suspects);
                Assert.InRange(deaths, 2, 2 + CeilingLog2(size));
            }
        }
    }

    [Fact]
    public void A_culprit_is_found_among_several_partitions()
    {
        var generator = new Xoshiro256StarStar(8);
        for (var i = 0; i < 300; i++)
        {
            OffsetSpan[] cut = [new("a", 0, 5, 5 + generator.NextInt32(40)), new("a", 1, 0, generator.NextInt32(40)), new("b", 0, 90, 90 + generator.NextInt32(40))];
            var span = cut[generator.NextInt32(3)];
            var culprit = new Origin(span.Topic, span.Partition, span.First + generator.NextInt64(span.Last - span.First + 1));
            var (history, deaths) = Run(cut, culprit);
            var found = Assert.Single(history.Culprits);
            Assert.Equal(culprit, new Origin(found.Topic, found.Partition, found.Offset));
            Assert.InRange(deaths, 2, 2 + CeilingLog2((int)OffsetSet.Count(cut)));
        }
    }

    [Fact]
    public void Two_culprits_in_one_cut_are_both_found_and_nobody_else()
    {
        for (var first = 0; first < 40; first++)
        {
            for (var second = first + 1; second < 40; second++)
            {
                var (history, _) = Run([new("t", 0, 0, 39)], new Origin("t", 0, first), new Origin("t", 0, second));
                Assert.Equal([first, second], history.Culprits.Select(c => (int)c.Offset).Order());
            }
        }
    }

    [Fact]
    public void One_death_changes_nothing_yet()
    {
        var history = CrashDecision.AfterDeath(CrashHistory.None, [Scoring(0, 99)]);
        Assert.True(CrashDecision.PlanFor(history).IsPlain);
        Assert.Empty(CrashDecision.AfterSurvival(history, Scoring(0, 99)).Suspects);
    }

    [Fact]
    public void Deaths_at_cuts_that_overlap_leave_what_they_share()
    {
        var history = CrashDecision.AfterDeath(CrashHistory.None, [Scoring(0, 99)]);
        history = CrashDecision.AfterDeath(history, [Scoring(90, 189)]);
        Assert.Equal([new OffsetSpan("t", 0, 90, 99)], Assert.Single(history.Suspects).Offsets);
        Assert.Equal([90, 95], CrashDecision.PlanFor(history).Isolate.Select(c => (int)c.Offsets[0].First));
    }

    [Fact]
    public void Deaths_at_different_cuts_are_not_added_up()
    {
        var history = CrashDecision.AfterDeath(CrashHistory.None, [Scoring(0, 99)]);
        history = CrashDecision.AfterDeath(history, [Scoring(100, 199)]);
        Assert.Equal([1, 1], history.Suspects.Select(s => s.Deaths));
        Assert.True(CrashDecision.PlanFor(history).IsPlain);
    }

    [Fact]
    public void What_scoring_survives_is_still_suspected_of_training()
    {
        var training = Scoring(0, 9) with { Work = NativeWork.Training };
        var history = CrashDecision.AfterDeath(CrashHistory.None, [training]);
        history = CrashDecision.AfterSurvival(history, Scoring(0, 9));
        history = CrashDecision.AfterDeath(history, [training]);
        Assert.Equal(2, Assert.Single(history.Suspects).Deaths);
    }

    [Fact]
    public void Nobody_is_convicted_for_dying_beside_another()
    {
        var history = CrashHistory.None;
        for (var i = 0; i < 5; i++)
            history = CrashDecision.AfterDeath(history, [Scoring(1, 1), Scoring(2, 2)]);
        Assert.Empty(history.Culprits);
        history = CrashDecision.AfterDeath(history, [Scoring(2, 2)]);
        Assert.Equal(2, Assert.Single(history.Culprits).Offset);
    }

    [Fact]
    public void What_every_kept_checkpoint_has_passed_is_forgotten()
    {
        var history = Run([new("t", 0, 0, 9)], new Origin("t", 0, 4)).History;
        history = CrashDecision.AfterDeath(history, [Scoring(0, 9)]);
        Assert.Same(history, CrashDecision.AfterCheckpoint(history, [new StreamPosition("other", 0, 100)]));
        var some = CrashDecision.AfterCheckpoint(history, [new StreamPosition("t", 0, 4)]);
        Assert.Single(some.Culprits);
        Assert.Equal([new OffsetSpan("t", 0, 4, 9)], Assert.Single(some.Suspects).Offsets);
        Assert.Empty(CrashDecision.AfterCheckpoint(some, [new StreamPosition("t", 0, 5)]).Culprits);
        Assert.Empty(CrashDecision.AfterCheckpoint(some, [new StreamPosition("t", 0, 10)]).Suspects);
    }

    [Fact]
    public void An_environment_that_kills_everywhere_does_not_grow_the_history()
    {
        var history = CrashHistory.None;
        for (var i = 0; i < 500; i++)
            history = CrashDecision.AfterDeath(history, [Scoring(i * 10, (i * 10) + 9)]);
        Assert.Equal(CrashDecision.MaxSuspects, history.Suspects.Count);
        Assert.Equal(4_990, history.Suspects[^1].Offsets[0].First);
    }

    /// <summary>The naive learner: processes the cut as planned, dies where a culprit is handed over, starts again, until all is through.</summary>
    private static (CrashHistory History, int Deaths) Run(IReadOnlyList<OffsetSpan> cut, params Origin[] culprits)
    {
        var history = CrashHistory.None;
        for (var deaths = 0; deaths < 100; deaths++)
        {
            if (!Dies(ref history, cut, culprits))
                return (history, deaths);
        }

        throw new InvalidOperationException("It dies for ever.");
    }

    private static bool Dies(ref CrashHistory history, IReadOnlyList<OffsetSpan> cut, Origin[] culprits)
    {
        var left = OffsetSet.Of(cut);
        while (left.Count > 0)
        {
            var plan = CrashDecision.PlanFor(history);
            left = OffsetSet.Except(left, OffsetSet.Of(plan.DeadLetter.Select(c => new OffsetSpan(c.Topic, c.Partition, c.Offset, c.Offset))));
            if (left.Count == 0)
                break;
            var piece = plan.Isolate.Count > 0 ? OffsetSet.Intersect(left, plan.Isolate[0].Offsets) : left;
            Assert.NotEmpty(piece);
            var batch = new Cut(NativeWork.Scoring, 1, piece);
            if (culprits.Any(c => piece.Any(s => s.Topic == c.Topic && s.Partition == c.Partition && c.Offset >= s.First && c.Offset <= s.Last)))
            {
                history = CrashDecision.AfterDeath(history, [batch]);
                return true;
            }

            history = CrashDecision.AfterSurvival(history, batch);
            left = OffsetSet.Except(left, piece);
        }

        return false;
    }

    private static Cut Scoring(long first, long last) => new(NativeWork.Scoring, 1, [new OffsetSpan("t", 0, first, last)]);

    private static int CeilingLog2(int n) => n == 1 ? 0 : BitOperations.Log2((uint)(n - 1)) + 1;
}
