using HnmStreams.Data.Examples;
using HnmStreams.Mining.Pool;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Memory.Rescoring;

/// <summary>
/// The candidates of the pool whose score is older than a number of model versions (<c>pipeline.scoring.maxPoolAge</c>): the oldest score is first, and
/// of the same version the hardest. A candidate that was trained on, corrected or removed since is skipped.
/// </summary>
/// <param name="maxAge">The age in versions; 0 for none.</param>
/// <remarks>
/// Owned by the ranking stage: no locks. It scans the pool when the candidates of the last scan are used up, at most once per eighth of the age:
/// amortized O(n / age) per version, and O(k log k) for k aged candidates. Holds no state: a scan finds them again.
/// </remarks>
internal sealed class AgedCandidates(IHardPool<ExampleKey, StoredExample> pool, long maxAge)
{
    private readonly List<PoolItem<ExampleKey, StoredExample>> _found = [];
    private int _next;
    private long? _scanned;

    /// <summary>Returns the next candidates to score again. They are returned once per scan, whatever becomes of them.</summary>
    /// <param name="version">The newest model version.</param>
    public List<PoolItem<ExampleKey, StoredExample>> Take(int count, long version)
    {
        var taken = new List<PoolItem<ExampleKey, StoredExample>>();
        if (maxAge == 0)
            return taken;
        if (_next == _found.Count && (_scanned is not { } last || version - last >= Math.Max(1, maxAge / 8)))
            Scan(version);
        while (taken.Count < count && _next < _found.Count)
        {
            if (IsUnchanged(_found[_next++]))
                taken.Add(_found[_next - 1]);
        }

        return taken;
    }

    /// <summary>Returns true if the pool still holds the candidate with the same score.</summary>
    public bool IsUnchanged(in PoolItem<ExampleKey, StoredExample> item) =>
        pool.TryGet(item.Key, out var now) && ReferenceEquals(now.Payload, item.Payload) && now.Version == item.Version;

    private void Scan(long version)
    {
        _scanned = version;
        _found.Clear();
        _next = 0;
        pool.CopyScoredBefore(version - maxAge, _found);
        _found.Sort(static (a, b) => a.Version != b.Version ? a.Version.CompareTo(b.Version) : b.Hardness.CompareTo(a.Hardness));
    }
}
