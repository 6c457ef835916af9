using HnmStreams.Tasks.Detection.Rows;

namespace HnmStreams.Tasks.Detection;

/// <summary>The assignment of anchors to objects (Liu et al., arXiv 1512.02325, section 2.2).</summary>
internal static class AnchorMatching
{
    /// <summary>The index of an anchor without an object.</summary>
    public const int Background = -1;

    /// <summary>The index of an anchor of a difficult object, which is neither an object's nor background.</summary>
    public const int Ignored = -2;

    /// <summary>
    /// Assigns each anchor to the object that it overlaps most, if that overlap is at least <paramref
    /// name="overlap"/>, and each object's best anchor to that object, whatever the overlap (a later object takes an
    /// anchor from an earlier one). An anchor that would be assigned to a difficult object is ignored. Pure. O(anchors x objects).
    /// </summary>
    /// <param name="assigned">Receives the object's index, <see cref="Background"/> or <see cref="Ignored"/> per anchor.</param>
    /// <returns>The number of anchors of objects.</returns>
    public static int Match(AnchorGrid grid, ReadOnlySpan<EncodedObject> objects, float overlap, Span<int> assigned)
    {
        ArgumentNullException.ThrowIfNull(grid);
        Span<int> best = objects.Length <= 256 ? stackalloc int[objects.Length] : new int[objects.Length];
        Span<double> bestOverlap = objects.Length <= 256 ? stackalloc double[objects.Length] : new double[objects.Length];
        best.Fill(Background);
        bestOverlap.Clear();
        var anchors = grid.Anchors;
        for (var anchor = 0; anchor < anchors.Length; anchor++)
        {
            var (closest, largest) = (Background, 0.0);
            for (var i = 0; i < objects.Length; i++)
            {
                var shared = anchors[anchor].IntersectionOverUnion(objects[i].Region);
                if (shared > bestOverlap[i])
                    (best[i], bestOverlap[i]) = (anchor, shared);
                if (shared > largest)
                    (closest, largest) = (i, shared);
            }

            assigned[anchor] = largest < overlap ? Background : objects[closest].IsDifficult ? Ignored : closest;
        }

        for (var i = 0; i < objects.Length; i++)
        {
            if (best[i] < 0)
                continue;
            if (!objects[i].IsDifficult)
                assigned[best[i]] = i;
            else if (assigned[best[i]] == Background)
                assigned[best[i]] = Ignored;
        }

        return assigned.Length - assigned.Count(Background) - assigned.Count(Ignored);
    }
}
