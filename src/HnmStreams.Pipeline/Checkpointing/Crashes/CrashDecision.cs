using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing.Crashes;

/// <summary>
/// The search for the record that crashes the process, by bisection. After <see cref="CrashesBeforeBisection"/> crashes at the same
/// batch, a batch of n offsets takes at most ceil(log2 n) further crashes. Pure functions, O(suspects x spans).
/// </summary>
/// <remarks>
/// After a restart the stream may be batched differently, so "the same batch" is one that shares offsets with the suspected
/// ones. A crash narrows them to those that were in flight; a batch that returns clears those that were in it.
/// A kill from outside (an operator, the out-of-memory killer) that hits native code counts as a crash. It costs a few small
/// batches, but no record is found guilty that did not crash the process alone.
/// </remarks>
internal static class CrashDecision
{
    /// <summary>The number of crashes at the same batch after which it is bisected.</summary>
    public const int CrashesBeforeBisection = 2;

    /// <summary>The maximum number of suspects. More are the sign of a bad environment, not of bad records. The oldest are forgotten.</summary>
    public const int MaxSuspects = 64;

    /// <summary>Returns the history after a crash. The batches of all workers that were in flight are suspected.</summary>
    public static CrashHistory AfterCrash(CrashHistory history, IReadOnlyList<InFlightOffsets> inFlight)
    {
        foreach (var batch in inFlight)
            history = AfterCrash(history, batch, alone: inFlight.Count == 1);
        return history;
    }

    /// <summary>Returns the history after a batch has returned from native code.</summary>
    public static CrashHistory AfterSurvival(CrashHistory history, InFlightOffsets batch)
    {
        var offsets = OffsetSet.Of(batch.Offsets);
        return Keep(history, s => s.Work == batch.Work ? OffsetSet.Except(s.Offsets, offsets) : s.Offsets);
    }

    /// <summary>Returns the history without offsets below these positions, which no checkpoint reaches back to.</summary>
    public static CrashHistory AfterCheckpoint(CrashHistory history, IReadOnlyList<StreamPosition> oldestKept)
    {
        var next = oldestKept.ToDictionary(w => (w.Topic, w.Partition), w => w.NextOffset);
        var passed = OffsetSet.Of(oldestKept.Where(w => w.NextOffset > 0).Select(w => new OffsetSpan(w.Topic, w.Partition, 0, w.NextOffset - 1)));
        var kept = Keep(history, s => OffsetSet.Except(s.Offsets, passed));
        var poisonRecords = history.PoisonRecords.Where(c => !next.TryGetValue((c.Topic, c.Partition), out var n) || c.Offset >= n).ToArray();
        return poisonRecords.Length == history.PoisonRecords.Count ? kept : kept with { PoisonRecords = poisonRecords };
    }

    /// <summary>Returns the plan for the next batches.</summary>
    public static BisectionPlan PlanFor(CrashHistory history) =>
        new([.. history.Suspects.Where(s => s.Crashes >= CrashesBeforeBisection).SelectMany(Halves)], history.PoisonRecords);

    /// <summary>
    /// Returns the history after the end of another process, which scores for the learner and was last heard of with these offsets alone in native
    /// code. A record becomes a poison record only if it was alone in two such ends: the search takes one record at a time, so that a process that
    /// is killed from outside meanwhile nearly always has one in native code.
    /// </summary>
    public static CrashHistory AfterEndInNativeCode(CrashHistory history, InFlightOffsets batch) => AfterCrash(history, batch, alone: true, aloneCrashes: 2);

    /// <summary>Returns the history after the end of another process that may have had any of these offsets in native code, except those that are searched already, which it would have announced.</summary>
    public static CrashHistory AfterEnd(CrashHistory history, InFlightOffsets batch)
    {
        var searched = OffsetSet.Of(history.Suspects.Where(s => s.Crashes >= CrashesBeforeBisection).SelectMany(s => s.Offsets));
        return AfterCrash(history, batch with { Offsets = OffsetSet.Except(OffsetSet.Of(batch.Offsets), searched) }, alone: false);
    }

    private static IEnumerable<InFlightOffsets> Halves(SuspectedOffsets suspect)
    {
        var (first, second) = OffsetSet.Halves(suspect.Offsets);
        yield return new InFlightOffsets(suspect.Work, 0, first);
        if (second.Count > 0)
            yield return new InFlightOffsets(suspect.Work, 0, second);
    }

    /// <param name="alone">True if nothing else was in native code.</param>
    /// <param name="aloneCrashes">The number of crashes in sequence in which a record must be alone to become a poison record.</param>
    private static CrashHistory AfterCrash(CrashHistory history, InFlightOffsets batch, bool alone, int aloneCrashes = 1)
    {
        var offsets = OffsetSet.Of(batch.Offsets);
        var known = Enumerable.Range(0, history.Suspects.Count)
            .Select(i => (At: i, Both: history.Suspects[i].Work == batch.Work ? OffsetSet.Intersect(history.Suspects[i].Offsets, offsets) : []))
            .FirstOrDefault(s => s.Both.Count > 0, (At: -1, Both: offsets));
        if (known.Both.Count == 0)
            return history;
        var suspect = new SuspectedOffsets(
            batch.Work,
            known.Both,
            known.At < 0 ? 1 : history.Suspects[known.At].Crashes + 1,
            alone && OffsetSet.Count(offsets) == 1);
        var others = history.Suspects.Where((_, i) => i != known.At).ToArray();
        var wasAlone = known.At >= 0 && history.Suspects[known.At].CrashedAlone;
        if (suspect is { CrashedAlone: true, Crashes: >= CrashesBeforeBisection } && (aloneCrashes == 1 || wasAlone))
        {
            var poisonRecord = new PoisonRecord(batch.Work, offsets[0].Topic, offsets[0].Partition, offsets[0].First, suspect.Crashes);
            return history with { Suspects = others, PoisonRecords = [.. history.PoisonRecords, poisonRecord] };
        }

        return history with { Suspects = [.. others.TakeLast(MaxSuspects - 1), suspect] };
    }

    private static CrashHistory Keep(CrashHistory history, Func<SuspectedOffsets, IReadOnlyList<OffsetSpan>> left)
    {
        var suspects = new List<SuspectedOffsets>();
        var changed = false;
        foreach (var suspect in history.Suspects)
        {
            var rest = left(suspect);
            changed |= !rest.SequenceEqual(suspect.Offsets);
            if (rest.Count > 0)
                suspects.Add(suspect with { Offsets = rest });
        }

        return changed ? history with { Suspects = suspects } : history;
    }
}
