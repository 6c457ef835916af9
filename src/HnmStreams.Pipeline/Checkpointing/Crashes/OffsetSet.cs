using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing.Crashes;

/// <summary>Operations on sets of offsets. A set is a sorted list of spans that neither touch nor overlap. All are O(n log n) in the number of spans, whatever their lengths.</summary>
internal static class OffsetSet
{
    /// <summary>Returns the offsets in normal form, which the other operations expect. Spans that end before they begin are empty.</summary>
    public static IReadOnlyList<OffsetSpan> Of(IEnumerable<OffsetSpan> spans)
    {
        var merged = new List<OffsetSpan>();
        foreach (var span in spans.Where(s => s.First >= 0 && s.First <= s.Last)
            .OrderBy(s => s.Topic, StringComparer.Ordinal).ThenBy(s => s.Partition).ThenBy(s => s.First))
        {
            if (merged.Count > 0 && SamePartition(merged[^1], span) && span.First - 1 <= merged[^1].Last)
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, span.Last) };
            else
                merged.Add(span);
        }

        return merged;
    }

    /// <summary>Returns the number of offsets. Saturates.</summary>
    public static long Count(IReadOnlyList<OffsetSpan> set) =>
        (long)UInt128.Min(set.Aggregate(UInt128.Zero, (sum, s) => sum + (UInt128)(s.Last - s.First) + 1), long.MaxValue);

    /// <summary>Returns the offsets that are in both sets.</summary>
    public static IReadOnlyList<OffsetSpan> Intersect(IReadOnlyList<OffsetSpan> left, IReadOnlyList<OffsetSpan> right) =>
        [.. from a in left
            join b in right on (a.Topic, a.Partition) equals (b.Topic, b.Partition)
            let both = a with { First = Math.Max(a.First, b.First), Last = Math.Min(a.Last, b.Last) }
            where both.First <= both.Last
            select both];

    /// <summary>Returns the offsets that are in the first set only. Both sets must be in the form of <see cref="Of"/>.</summary>
    public static IReadOnlyList<OffsetSpan> Except(IReadOnlyList<OffsetSpan> set, IReadOnlyList<OffsetSpan> taken)
    {
        var left = new List<OffsetSpan>();
        var takenOf = taken.ToLookup(t => (t.Topic, t.Partition));
        foreach (var span in set)
        {
            var rest = span;
            var empty = false;
            foreach (var hole in takenOf[(span.Topic, span.Partition)].Where(t => t.First <= span.Last && t.Last >= span.First))
            {
                if (hole.First > rest.First)
                    left.Add(rest with { Last = hole.First - 1 });
                if (hole.Last >= rest.Last)
                {
                    empty = true;
                    break;
                }

                rest = rest with { First = hole.Last + 1 };
            }

            if (!empty)
                left.Add(rest);
        }

        return left;
    }

    /// <summary>Splits a set into the first <c>(n + 1) / 2</c> offsets and the others.</summary>
    public static (IReadOnlyList<OffsetSpan> First, IReadOnlyList<OffsetSpan> Second) Halves(IReadOnlyList<OffsetSpan> set)
    {
        var count = Count(set);
        var wanted = count - (count / 2);
        var first = new List<OffsetSpan>();
        var second = new List<OffsetSpan>();
        foreach (var span in set)
        {
            var length = span.Last - span.First + 1;
            if (wanted >= length)
            {
                first.Add(span);
                wanted -= length;
                continue;
            }

            if (wanted > 0)
                first.Add(span with { Last = span.First + wanted - 1 });
            second.Add(span with { First = span.First + wanted });
            wanted = 0;
        }

        return (first, second);
    }

    private static bool SamePartition(OffsetSpan a, OffsetSpan b) =>
        a.Partition == b.Partition && string.Equals(a.Topic, b.Topic, StringComparison.Ordinal);
}
