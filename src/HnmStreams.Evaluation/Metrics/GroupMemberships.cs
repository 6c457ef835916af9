namespace HnmStreams.Evaluation.Metrics;

/// <summary>The groups of a list of embeddings. Each embedding has one group and may have further ones; two embeddings belong together if they share any. This is not transitive.</summary>
/// <remarks>Immutable.</remarks>
public sealed class GroupMemberships
{
    private readonly int[] _groups;
    private readonly int[][]? _further;

    /// <param name="groups">Group of each embedding.</param>
    public GroupMemberships(ReadOnlySpan<int> groups) => _groups = groups.ToArray();

    /// <param name="groups">Group of each embedding.</param>
    /// <param name="further">Further groups of each embedding; empty for most.</param>
    /// <exception cref="ArgumentException">The two lists differ in length.</exception>
    public GroupMemberships(ReadOnlySpan<int> groups, IReadOnlyList<int[]> further)
        : this(groups)
    {
        ArgumentNullException.ThrowIfNull(further);
        if (further.Count != groups.Length)
            throw new ArgumentException($"There must be one list of further groups per embedding, {groups.Length} in all, but there are {further.Count}.", nameof(further));
        _further = further.Any(static f => f.Length > 0) ? [.. further] : null;
    }

    /// <summary>The number of embeddings.</summary>
    public int Count => _groups.Length;

    /// <summary>Returns true if two embeddings share a group. O(groups of the one x groups of the other).</summary>
    /// <param name="index">Index of an embedding here.</param>
    /// <param name="other">The other list, or this one.</param>
    /// <param name="otherIndex">Index of an embedding in <paramref name="other"/>.</param>
    public bool Share(int index, GroupMemberships other, int otherIndex)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (_groups[index] == other._groups[otherIndex])
            return true;
        if (_further is null && other._further is null)
            return false;
        var own = FurtherOf(index);
        var theirs = other.FurtherOf(otherIndex);
        return own.Contains(other._groups[otherIndex]) || theirs.Contains(_groups[index]) || (theirs.Length > 0 && own.ContainsAny(theirs));
    }

    /// <summary>Returns these memberships without the first embeddings.</summary>
    /// <param name="first">Number of embeddings to leave out.</param>
    public GroupMemberships From(int first) => _further is null ? new(_groups.AsSpan(first)) : new(_groups.AsSpan(first), _further[first..]);

    private ReadOnlySpan<int> FurtherOf(int index) => _further is null ? [] : _further[index];
}
