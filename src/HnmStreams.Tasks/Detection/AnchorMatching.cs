namespace HnmStreams.Tasks.Detection;

/// <summary>Which anchors are of which object (Liu et al., arXiv 1512.02325, section 2.2).</summary>
internal static class AnchorMatching
{
    /// <summary>No object's: the anchor sees background.</summary>
    public const int Background = -1;

    /// <summary>
    /// An anchor is of the object that it overlaps most, where that is <paramref name="overlap"/> or more; and each object
    /// has the anchor that overlaps it most, whatever that is (a later object takes it from an earlier one). Pure. O(anchors x objects).
    /// </summary>
    /// <param name="assigned">Takes the object's index or <see cref="Background"/> for each anchor.</param>
    /// <returns>Anchors of objects.</returns>
    public static int Match(AnchorGrid grid, ReadOnlySpan<ObjectInRow> objects, float overlap, Span<int> assigned)
    {
        ArgumentNullException.ThrowIfNull(grid);
        Span<int> best = objects.Length <= 256 ? stackalloc int[objects.Length] : new int[objects.Length];
        Span<float> most = objects.Length <= 256 ? stackalloc float[objects.Length] : new float[objects.Length];
        best.Fill(Background);
        most.Clear();
        var anchors = grid.Anchors;
        for (var anchor = 0; anchor < anchors.Length; anchor++)
        {
            var (nearest, common) = (Background, 0f);
            for (var i = 0; i < objects.Length; i++)
            {
                var shared = anchors[anchor].IntersectionOverUnion(objects[i].Region);
                if (shared > most[i])
                    (best[i], most[i]) = (anchor, shared);
                if (shared > common)
                    (nearest, common) = (i, shared);
            }

            assigned[anchor] = common >= overlap ? nearest : Background;
        }

        for (var i = 0; i < objects.Length; i++)
        {
            if (best[i] >= 0)
                assigned[best[i]] = i;
        }

        return assigned.Length - assigned.Count(Background);
    }
}
