using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory.Groups;

/// <summary>
/// The examples per further group, for example the documents that are relevant to a query beside the one that they are listed
/// under. Groups and members are in the order of their keys, so that it does not depend on the order of arrival and a restored learner
/// draws the same batches.
/// </summary>
/// <remarks>Owned by the ranking stage. O(log n) per group of an example.</remarks>
internal sealed class FurtherMembers
{
    private static readonly Comparer<CandidateKey> ByKey = Comparer<CandidateKey>.Create(static (a, b) => (a.Id.Value, a.Region).CompareTo((b.Id.Value, b.Region)));

    private readonly SortedDictionary<int, SortedDictionary<CandidateKey, StoredExample>> _members = [];

    /// <summary>True if no example has a further group.</summary>
    public bool IsEmpty => _members.Count == 0;

    /// <summary>The groups, ascending.</summary>
    public IEnumerable<int> Groups => _members.Keys;

    public int CountOf(int group) => _members.TryGetValue(group, out var members) ? members.Count : 0;

    public IEnumerable<KeyValuePair<CandidateKey, StoredExample>> Of(int group) => _members.TryGetValue(group, out var members) ? members : [];

    public void Add(CandidateKey key, StoredExample example, ReadOnlySpan<int> groups)
    {
        foreach (var group in groups)
        {
            if (!_members.TryGetValue(group, out var members))
                _members[group] = members = new SortedDictionary<CandidateKey, StoredExample>(ByKey);
            members[key] = example;
        }
    }

    public void Remove(CandidateKey key, ReadOnlySpan<int> groups)
    {
        foreach (var group in groups)
        {
            if (_members.TryGetValue(group, out var members) && members.Remove(key) && members.Count == 0)
                _members.Remove(group);
        }
    }
}
