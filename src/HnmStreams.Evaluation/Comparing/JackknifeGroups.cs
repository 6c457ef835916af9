namespace HnmStreams.Evaluation.Comparing;

/// <summary>
/// A partition of examples into groups for a delete-a-group jackknife. Each stratum is spread evenly over the groups, so that each group
/// has its share of a rare class. The partition is deterministic: the same examples in the same order give the same groups and the same
/// interval.
/// </summary>
/// <remarks>Immutable and thread-safe. O(n) to create, O(1) per query.</remarks>
public sealed class JackknifeGroups
{
    /// <summary>The number of groups: enough for a stable variance estimate, few enough for every evaluation.</summary>
    public const int Count = 20;

    private readonly int[] _groups;

    // For each example, its stratum's factor for each deleted group.
    private readonly float[][] _factors;

    /// <summary>Partitions the examples.</summary>
    /// <param name="strata">Stratum of each example, for example its class.</param>
    public JackknifeGroups(ReadOnlySpan<int> strata)
    {
        var all = strata.ToArray();
        (_groups, _factors) = (new int[all.Length], new float[all.Length][]);
        // One round-robin over all strata, each continuing where the previous one stopped, so that remainders spread over the groups.
        var next = 0;
        foreach (var stratum in all.Distinct())
        {
            var inGroup = new int[Count];
            var factors = new float[Count];
            for (var i = 0; i < all.Length; i++)
            {
                if (all[i] != stratum)
                    continue;
                (_groups[i], _factors[i]) = (next, factors);
                inGroup[next]++;
                next = (next + 1) % Count;
            }

            double size = inGroup.Sum();
            for (var group = 0; group < Count; group++)
                factors[group] = (float)(size / (size - inGroup[group]));
        }
    }

    /// <summary>The number of examples.</summary>
    public int Examples => _groups.Length;

    /// <summary>
    /// Returns the factor for the weight of an example if <paramref name="group"/> is deleted: 0 in the group, and outside of it such that
    /// the stratum keeps its total weight (Kott 2001, section 2).
    /// </summary>
    public float Factor(int example, int group)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(group, Count);
        return _groups[example] == group ? 0 : _factors[example][group];
    }
}
