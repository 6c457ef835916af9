using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Retention;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>Notifies a sink of the candidates that enter and leave the pool and the quarantine. Does nothing until a sink is set.</summary>
/// <remarks>Owned by the ranking stage; the sink is called on its thread and must not wait.</remarks>
internal sealed class HardNegativeNotifier
{
    private IHardNegativeSink? _sink;

    /// <summary>Sets the sink and sends it all candidates that are held now. O(pool log pool).</summary>
    public void Begin(IHardNegativeSink sink, FilteredPool<ExampleKey, StoredExample> pool)
    {
        var items = new List<PoolItem<ExampleKey, StoredExample>>(pool.Pool.Count);
        pool.Pool.CopyHardest(pool.Pool.Count, items);
        sink.Begin([
            .. items.Select(item => Entry(item.Key, item.Payload, item.Hardness, item.Version, HardNegativeReasons.Resumed)),
            .. pool.Quarantine.Suspects.Select(Entry)]);
        _sink = sink;
    }

    /// <summary>A candidate entered the pool.</summary>
    /// <param name="threshold">The hardness that it had to exceed; not finite if there was room.</param>
    public void Added(CandidateKey key, StoredExample example, float hardness, long version, float threshold)
    {
        if (_sink is null)
            return;
        _sink.Enter(float.IsFinite(threshold)
            ? Entry(key, example, hardness, version, HardNegativeReasons.Harder, string.Create(CultureInfo.InvariantCulture, $"the easiest of a full pool had {threshold}"))
            : Entry(key, example, hardness, version, HardNegativeReasons.Room));
    }

    /// <summary>A candidate left the pool or the quarantine for good.</summary>
    public void Left(CandidateKey key, StoredExample example) => _sink?.Leave(example.Id, key.Region);

    /// <summary>A candidate was moved to the quarantine.</summary>
    public void Quarantined(Suspect<CandidateKey, StoredExample> suspect) => _sink?.Enter(Entry(suspect));

    /// <summary>A person released a candidate from the quarantine.</summary>
    /// <param name="hardness">Its hardness in the pool; null if the pool has no room for it.</param>
    public void Released(CandidateKey key, StoredExample example, float? hardness, long version)
    {
        if (hardness is { } now)
            _sink?.Enter(Entry(key, example, now, version, HardNegativeReasons.Released));
        else
            Left(key, example);
    }

    private static HardNegativeEntry Entry(Suspect<CandidateKey, StoredExample> suspect) =>
        Entry(suspect.Key, suspect.Payload, suspect.LastLosses[^1], suspect.SinceVersion, HardNegativeReasons.Suspected, suspect.Reason);

    private static HardNegativeEntry Entry(CandidateKey key, StoredExample example, float hardness, long version, string reason, string? detail = null) =>
        new(example.Id, key.Region, hardness, version, reason, detail, example.Label, example.Origin);
}
