using System.Numerics;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Tests.Checkpointing.Crashes;

public sealed class CrashDecisionTests
{
    [Fact]
    public void Finds_any_poison_record_in_a_batch_of_any_size_within_the_bound()
    {
        for (var size = 1; size <= 600; size++)
        {
            for (var at = 0; at < size; at++)
            {
                var (history, crashes) = Run([new("t", 3, 1_000, 1_000 + size - 1)], new Origin("t", 3, 1_000 + at));
                Assert.Equal(new PoisonRecord(NativeWork.Scoring, "t", 3, 1_000 + at, crashes), Assert.Single(history.PoisonRecords));
                Assert.Empty(history.Suspects);
                Assert.InRange(crashes, 2, 2 + CeilingLog2(size));
            }
        }
    }

    [Fact]
    public void Finds_a_poison_record_among_several_partitions()
    {
        var generator = new Xoshiro256StarStar(8);
        for (var i = 0; i < 300; i++)
        {
            OffsetSpan[] offsets = [new("a", 0, 5, 5 + generator.NextInt32(40)), new("a", 1, 0, generator.NextInt32(40)), new("b", 0, 90, 90 + generator.NextInt32(40))];
            var span = offsets[generator.NextInt32(3)];
            var poison = new Origin(span.Topic, span.Partition, span.First + generator.NextInt64(span.Last - span.First + 1));
            var (history, crashes) = Run(offsets, poison);
            var found = Assert.Single(history.PoisonRecords);
            Assert.Equal(poison, new Origin(found.Topic, found.Partition, found.Offset));
            Assert.InRange(crashes, 2, 2 + CeilingLog2((int)OffsetSet.Count(offsets)));
        }
    }

    [Fact]
    public void Finds_two_poison_records_in_one_batch_and_no_others()
    {
        for (var first = 0; first < 40; first++)
        {
            for (var second = first + 1; second < 40; second++)
            {
                var (history, _) = Run([new("t", 0, 0, 39)], new Origin("t", 0, first), new Origin("t", 0, second));
                Assert.Equal([first, second], history.PoisonRecords.Select(c => (int)c.Offset).Order());
            }
        }
    }

    [Fact]
    public void A_single_crash_changes_nothing()
    {
        var history = CrashDecision.AfterCrash(CrashHistory.None, [Scoring(0, 99)]);
        Assert.True(CrashDecision.PlanFor(history).IsPlain);
        Assert.Empty(CrashDecision.AfterSurvival(history, Scoring(0, 99)).Suspects);
    }

    [Fact]
    public void Crashes_at_overlapping_batches_narrow_the_suspects_to_the_common_offsets()
    {
        var history = CrashDecision.AfterCrash(CrashHistory.None, [Scoring(0, 99)]);
        history = CrashDecision.AfterCrash(history, [Scoring(90, 189)]);
        Assert.Equal([new OffsetSpan("t", 0, 90, 99)], Assert.Single(history.Suspects).Offsets);
        Assert.Equal([90, 95], CrashDecision.PlanFor(history).SuspectedRanges.Select(c => (int)c.Offsets[0].First));
    }

    [Fact]
    public void Crashes_at_different_batches_are_counted_separately()
    {
        var history = CrashDecision.AfterCrash(CrashHistory.None, [Scoring(0, 99)]);
        history = CrashDecision.AfterCrash(history, [Scoring(100, 199)]);
        Assert.Equal([1, 1], history.Suspects.Select(s => s.Crashes));
        Assert.True(CrashDecision.PlanFor(history).IsPlain);
    }

    [Fact]
    public void Offsets_cleared_for_scoring_remain_suspected_for_training()
    {
        var training = Scoring(0, 9) with { Work = NativeWork.Training };
        var history = CrashDecision.AfterCrash(CrashHistory.None, [training]);
        history = CrashDecision.AfterSurvival(history, Scoring(0, 9));
        history = CrashDecision.AfterCrash(history, [training]);
        Assert.Equal(2, Assert.Single(history.Suspects).Crashes);
    }

    [Fact]
    public void A_record_in_flight_with_others_is_not_blamed()
    {
        var history = CrashHistory.None;
        for (var i = 0; i < 5; i++)
            history = CrashDecision.AfterCrash(history, [Scoring(1, 1), Scoring(2, 2)]);
        Assert.Empty(history.PoisonRecords);
        history = CrashDecision.AfterCrash(history, [Scoring(2, 2)]);
        Assert.Equal(2, Assert.Single(history.PoisonRecords).Offset);
    }

    [Fact]
    public void Forgets_offsets_below_every_kept_checkpoint()
    {
        var history = Run([new("t", 0, 0, 9)], new Origin("t", 0, 4)).History;
        history = CrashDecision.AfterCrash(history, [Scoring(0, 9)]);
        Assert.Same(history, CrashDecision.AfterCheckpoint(history, [new StreamPosition("other", 0, 100)]));
        var some = CrashDecision.AfterCheckpoint(history, [new StreamPosition("t", 0, 4)]);
        Assert.Single(some.PoisonRecords);
        Assert.Equal([new OffsetSpan("t", 0, 4, 9)], Assert.Single(some.Suspects).Offsets);
        Assert.Empty(CrashDecision.AfterCheckpoint(some, [new StreamPosition("t", 0, 5)]).PoisonRecords);
        Assert.Empty(CrashDecision.AfterCheckpoint(some, [new StreamPosition("t", 0, 10)]).Suspects);
    }

    [Fact]
    public void The_history_stays_bounded_if_every_batch_crashes()
    {
        var history = CrashHistory.None;
        for (var i = 0; i < 500; i++)
            history = CrashDecision.AfterCrash(history, [Scoring(i * 10, (i * 10) + 9)]);
        Assert.Equal(CrashDecision.MaxSuspects, history.Suspects.Count);
        Assert.Equal(4_990, history.Suspects[^1].Offsets[0].First);
    }

    [Fact]
    public void A_record_of_another_process_is_blamed_only_if_it_was_alone_twice_in_sequence()
    {
        var history = CrashDecision.AfterEnd(CrashHistory.None, Scoring(0, 99));
        history = CrashDecision.AfterEnd(history, Scoring(0, 99));
        history = CrashDecision.AfterEndInNativeCode(history, Scoring(7, 7));
        Assert.Empty(history.PoisonRecords);
        Assert.Equal([new OffsetSpan("t", 0, 7, 7)], Assert.Single(history.Suspects).Offsets);
        Assert.Empty(CrashDecision.AfterSurvival(history, Scoring(7, 7)).Suspects);
        history = CrashDecision.AfterEndInNativeCode(history, Scoring(7, 7));
        Assert.Equal(new PoisonRecord(NativeWork.Scoring, "t", 0, 7, 4), Assert.Single(history.PoisonRecords));
    }

    [Fact]
    public void The_end_of_another_process_that_announced_nothing_is_not_counted_for_offsets_that_are_searched()
    {
        var history = CrashDecision.AfterEnd(CrashHistory.None, Scoring(0, 99));
        history = CrashDecision.AfterEnd(history, Scoring(0, 99));
        Assert.Same(history, CrashDecision.AfterEnd(history, Scoring(50, 99)));
        history = CrashDecision.AfterEnd(history, Scoring(50, 149));
        Assert.Equal([(0, 2), (100, 1)], history.Suspects.Select(s => ((int)s.Offsets[0].First, s.Crashes)));
    }

    /// <summary>Simulates a learner: it processes the offsets as planned, crashes at a poison record and restarts, until they are done. Returns the history and the number of crashes.</summary>
    private static (CrashHistory History, int Crashes) Run(IReadOnlyList<OffsetSpan> offsets, params Origin[] poison)
    {
        var history = CrashHistory.None;
        for (var crashes = 0; crashes < 100; crashes++)
        {
            if (!Crashes(ref history, offsets, poison))
                return (history, crashes);
        }

        throw new InvalidOperationException("The offsets were not done after 100 crashes.");
    }

    private static bool Crashes(ref CrashHistory history, IReadOnlyList<OffsetSpan> offsets, Origin[] poison)
    {
        var left = OffsetSet.Of(offsets);
        while (left.Count > 0)
        {
            var plan = CrashDecision.PlanFor(history);
            left = OffsetSet.Except(left, OffsetSet.Of(plan.DeadLetter.Select(c => new OffsetSpan(c.Topic, c.Partition, c.Offset, c.Offset))));
            if (left.Count == 0)
                break;
            var range = plan.SuspectedRanges.Count > 0 ? OffsetSet.Intersect(left, plan.SuspectedRanges[0].Offsets) : left;
            Assert.NotEmpty(range);
            var batch = new InFlightOffsets(NativeWork.Scoring, 1, range);
            if (poison.Any(c => range.Any(s => s.Topic == c.Topic && s.Partition == c.Partition && c.Offset >= s.First && c.Offset <= s.Last)))
            {
                history = CrashDecision.AfterCrash(history, [batch]);
                return true;
            }

            history = CrashDecision.AfterSurvival(history, batch);
            left = OffsetSet.Except(left, range);
        }

        return false;
    }

    private static InFlightOffsets Scoring(long first, long last) => new(NativeWork.Scoring, 1, [new OffsetSpan("t", 0, first, last)]);

    private static int CeilingLog2(int n) => n == 1 ? 0 : BitOperations.Log2((uint)(n - 1)) + 1;
}
