namespace HnmStreams.Evaluation.Comparing;

/// <summary>
/// Deals examples into groups that are left out one after the other, each stratum evenly: where one example in a hundred
/// is positive, each group holds its share of them. No chance is in it: the same examples in the same order give the same
/// groups, and so the same interval.
/// </summary>
/// <remarks>Immutable; O(n) to deal, O(1) to ask.</remarks>
public sealed class JackknifeGroups
{
    /// <summary>Enough for a steady estimate of the variance, few enough to be measured at every evaluation.</summary>
    public const int Count = 20;

    private readonly int[] _groups;

    // For each example its stratum's factors, one for each group that may be left out.
    private readonly float[][] _factors;

    /// <param name="strata">For each example the stratum that it belongs to, any numbers.</param>
    public JackknifeGroups(ReadOnlySpan<int> strata)
    {
        var all = strata.ToArray();
        (_groups, _factors) = (new int[all.Length], new float[all.Length][]);
        // One deal over all strata, each going on where the one before stopped: no group gets the odd one of every stratum.
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

    public int Examples => _groups.Length;

    /// <summary>
    /// What the weight of an example is multiplied by where <paramref name="group"/> is left out: 0 within it, and outside
    /// such that its stratum counts as much as before (Kott 2001, section 2).
    /// </summary>
    public float Factor(int example, int group)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(group, Count);
        return _groups[example] == group ? 0 : _factors[example][group];
    }
}
