using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Tests.Checkpointing.Crashes;

public sealed class CrashJournalTests : IDisposable
{
    private static readonly OffsetSpan[] InFlight = [new("numbers", 0, 100, 163), new("zahlen-ä", 5, 7, 7)];
    private readonly StateFolder _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void A_batch_in_flight_at_a_crash_is_counted_once()
    {
        CrashAt(InFlight);
        for (var i = 0; i < 3; i++)
        {
            using var next = Open();
            Assert.Equal(i == 0 ? 1 : 0, next.LastCrash.Count);
            var suspect = Assert.Single(next.History.Suspects);
            Assert.Equal((1, NativeWork.Scoring), (suspect.Crashes, suspect.Work));
            Assert.Equal(InFlight, suspect.Offsets);
        }
    }

    [Fact]
    public void A_crash_during_counting_is_counted_once()
    {
        CrashAt(InFlight);
        var page = File.ReadAllBytes(Path.Combine(_state.Root, "in-flight"));
        Open().Dispose();
        // Killed after the history was saved and before the pages were cleared.
        File.WriteAllBytes(Path.Combine(_state.Root, "in-flight"), page);
        using var next = Open();
        Assert.Equal(1, Assert.Single(next.History.Suspects).Crashes);
        Assert.Empty(next.LastCrash);
    }

    [Fact]
    public void A_batch_that_returned_is_not_counted_and_clears_its_offsets()
    {
        CrashAt(InFlight);
        using (var journal = Open())
        {
            Assert.True(journal.TryBegin(0, NativeWork.Scoring, [InFlight[0]]));
            journal.End(0);
            Assert.Equal([InFlight[1]], Assert.Single(journal.History.Suspects).Offsets);
        }

        using var next = Open();
        Assert.Empty(next.LastCrash);
        Assert.Equal([InFlight[1]], Assert.Single(next.History.Suspects).Offsets);
    }

    [Fact]
    public void A_record_of_which_further_rows_follow_stays_suspected()
    {
        CrashAt(InFlight);
        using var journal = Open();
        Assert.True(journal.TryBegin(0, NativeWork.Scoring, [InFlight[0]]));
        journal.End(0, new Origin(InFlight[0].Topic, InFlight[0].Partition, InFlight[0].Last));
        Assert.Equal([InFlight[0] with { First = InFlight[0].Last }, InFlight[1]], Assert.Single(journal.History.Suspects).Offsets);
    }

    [Fact]
    public void Each_worker_has_its_own_page()
    {
        var journal = Open();
        journal.TryBegin(0, NativeWork.Scoring, [InFlight[0]]);
        journal.TryBegin(1, NativeWork.Training, [InFlight[1]]);
        journal.TryBegin(2, NativeWork.Scoring, [new("returned", 0, 0, 9)]);
        journal.End(2);
        journal.Dispose();
        using var next = Open();
        Assert.Equal([NativeWork.Scoring, NativeWork.Training], next.LastCrash.Select(c => c.Work));
        Assert.All(next.LastCrash, c => Assert.Equal(9, c.Epoch));
    }

    [Fact]
    public void Finds_the_poison_record_over_restarts_from_disk()
    {
        var crashes = 0;
        for (; crashes < 20; crashes++)
        {
            using var journal = Open();
            if (journal.Plan.DeadLetter.Count > 0)
                break;
            var crashed = false;
            for (var ranges = 0; !crashed; ranges++)
            {
                Assert.True(ranges < 50, "The plan does not reach the poison record.");
                var range = journal.Plan.SuspectedRanges.Count > 0 ? journal.Plan.SuspectedRanges[0].Offsets : InFlight;
                journal.TryBegin(0, NativeWork.Scoring, range);
                crashed = range.Any(s => s is { Topic: "numbers", First: <= 131, Last: >= 131 });
                if (!crashed)
                    journal.End(0);
            }
        }

        using var last = Open();
        Assert.Equal(new PoisonRecord(NativeWork.Scoring, "numbers", 0, 131, crashes), Assert.Single(last.Plan.DeadLetter));
        Assert.InRange(crashes, 3, 2 + 7);
        last.Forget([new StreamPosition("numbers", 0, 132)]);
        Assert.True(last.Plan.IsPlain);
        using var forgotten = Open();
        Assert.True(forgotten.Plan.IsPlain);
    }

    [Fact]
    public void A_batch_too_large_for_its_page_is_not_recorded()
    {
        using (var journal = Open())
        {
            journal.TryBegin(0, NativeWork.Scoring, InFlight);
            Assert.False(journal.TryBegin(0, NativeWork.Scoring, [.. Enumerable.Range(0, 5_000).Select(p => new OffsetSpan("t", p, 0, 9))]));
            Assert.True(journal.TryBegin(1, NativeWork.Scoring, [.. Enumerable.Range(0, 2_900).Select(p => new OffsetSpan("t", p, 0, 9))]));
        }

        using var next = Open();
        Assert.Equal(2_900, Assert.Single(next.LastCrash).Offsets.Count);
    }

    [Fact]
    public void Recording_a_batch_allocates_no_memory_after_the_warm_up()
    {
        using var journal = Open();
        IReadOnlyList<OffsetSpan> offsets = InFlight;
        void Batch()
        {
            journal.TryBegin(0, NativeWork.Scoring, offsets);
            journal.End(0);
        }

        for (var i = 0; i < 100; i++)
            Batch();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            Batch();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public void Damaged_files_never_yield_other_offsets()
    {
        CrashAt(InFlight);
        Open().Dispose();
        CrashAt([new("numbers", 2, 1, 1_000)]);
        var names = new[] { "in-flight", "crashes.json" };
        var files = names.ToDictionary(n => n, n => File.ReadAllBytes(Path.Combine(_state.Root, n)), StringComparer.Ordinal);
        var generator = new Xoshiro256StarStar(77);
        for (var i = 0; i < 1_000; i++)
        {
            var name = names[generator.NextInt32(2)];
            var copy = files[name].ToArray();
            var used = name == "in-flight" ? 90 : copy.Length;
            if (generator.NextInt32(4) == 0)
                copy = copy[..generator.NextInt32(used)];
            else
                copy[generator.NextInt32(used)] ^= (byte)(1 << generator.NextInt32(8));
            foreach (var (file, bytes) in files)
                File.WriteAllBytes(Path.Combine(_state.Root, file), file == name ? copy : bytes);
            using var journal = Open();
            Assert.Equal(name == "crashes.json", journal.Damage is not null);
            Assert.All(journal.History.Suspects, s => Assert.True(s.Offsets.SequenceEqual(InFlight) || s.Offsets.SequenceEqual([new("numbers", 2, 1, 1_000)])));
        }
    }

    private void CrashAt(IReadOnlyList<OffsetSpan> offsets)
    {
        using var journal = Open();
        journal.TryBegin(0, NativeWork.Scoring, offsets);
    }

    private CrashJournal Open() => CrashJournal.Open(_state.Root, workers: 3, epoch: 9);
}
