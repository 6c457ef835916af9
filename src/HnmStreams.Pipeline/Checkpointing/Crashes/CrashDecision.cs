using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing.Crashes;

/// <summary>
/// Which record kills the process, found by halving: after <see cref="DeathsBeforeBisection"/> deaths at the same cut,
/// a cut of n offsets takes at most ceil(log2 n) deaths more. Pure functions, O(suspects x spans).
/// </summary>
/// <remarks>
/// After a restart the stream may be cut elsewhere, so "the same cut" means one that shares offsets with the suspected
/// ones; a death narrows them to those that were in flight, a batch that comes through clears those that were in it.
/// Kills from outside (an operator, the out-of-memory killer) are taken for crashes where they hit native code; they
/// cost a few small batches, and convict nobody who did not die alone.
/// </remarks>
internal static class CrashDecision
{
    public const int DeathsBeforeBisection = 2;

    /// <summary>More are the sign of an environment that kills, not of records; the oldest are forgotten.</summary>
    public const int MaxSuspects = 64;

    /// <summary>One death, with all that was in flight: with several workers each of their cuts is suspected.</summary>
    public static CrashHistory AfterDeath(CrashHistory history, IReadOnlyList<Cut> inFlight)
    {
        foreach (var cut in inFlight)
            history = AfterDeath(history, cut, alone: inFlight.Count == 1);
        return history;
    }

    /// <summary>A batch came back from native code.</summary>
    public static CrashHistory AfterSurvival(CrashHistory history, Cut cut)
    {
        var offsets = OffsetSet.Of(cut.Offsets);
        return Keep(history, s => s.Work == cut.Work ? OffsetSet.Except(s.Offsets, offsets) : s.Offsets);
    }

    /// <summary>No checkpoint reaches back below these positions: what lies there never comes again.</summary>
    public static CrashHistory AfterCheckpoint(CrashHistory history, IReadOnlyList<StreamPosition> oldestKept)
    {
        var next = oldestKept.ToDictionary(w => (w.Topic, w.Partition), w => w.NextOffset);
        var passed = OffsetSet.Of(oldestKept.Where(w => w.NextOffset > 0).Select(w => new OffsetSpan(w.Topic, w.Partition, 0, w.NextOffset - 1)));
        var kept = Keep(history, s => OffsetSet.Except(s.Offsets, passed));
        var culprits = history.Culprits.Where(c => !next.TryGetValue((c.Topic, c.Partition), out var n) || c.Offset >= n).ToArray();
        return culprits.Length == history.Culprits.Count ? kept : kept with { Culprits = culprits };
    }

    public static BisectionPlan PlanFor(CrashHistory history) =>
        new([.. history.Suspects.Where(s => s.Deaths >= DeathsBeforeBisection).SelectMany(Pieces)], history.Culprits);

    private static IEnumerable<Cut> Pieces(Suspect suspect)
    {
        var (first, second) = OffsetSet.Halves(suspect.Offsets);
        yield return new Cut(suspect.Work, 0, first);
        if (second.Count > 0)
            yield return new Cut(suspect.Work, 0, second);
    }

    private static CrashHistory AfterDeath(CrashHistory history, Cut cut, bool alone)
    {
        var offsets = OffsetSet.Of(cut.Offsets);
        var known = Enumerable.Range(0, history.Suspects.Count)
            .Select(i => (At: i, Both: history.Suspects[i].Work == cut.Work ? OffsetSet.Intersect(history.Suspects[i].Offsets, offsets) : []))
            .FirstOrDefault(s => s.Both.Count > 0, (At: -1, Both: offsets));
        if (known.Both.Count == 0)
            return history;
        var suspect = new Suspect(
            cut.Work,
            known.Both,
            known.At < 0 ? 1 : history.Suspects[known.At].Deaths + 1,
            alone && OffsetSet.Count(offsets) == 1);
        var others = history.Suspects.Where((_, i) => i != known.At).ToArray();
        if (suspect is { DiedAlone: true, Deaths: >= DeathsBeforeBisection })
        {
            var culprit = new PoisonRecord(cut.Work, offsets[0].Topic, offsets[0].Partition, offsets[0].First, suspect.Deaths);
            return history with { Suspects = others, Culprits = [.. history.Culprits, culprit] };
        }

        return history with { Suspects = [.. others.TakeLast(MaxSuspects - 1), suspect] };
    }

    private static CrashHistory Keep(CrashHistory history, Func<Suspect, IReadOnlyList<OffsetSpan>> left)
    {
        var suspects = new List<Suspect>();
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
