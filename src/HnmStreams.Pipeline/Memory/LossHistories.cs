using System.Runtime.InteropServices;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Pipeline.Memory;

/// <summary>The loss of a candidate under one model version.</summary>
public readonly record struct LossRecord(long ModelVersion, float Loss);

/// <summary>
/// What visits said of the pool's candidates, for a person who asks why one is hard. Nothing is decided by it, so it is
/// no part of a checkpoint: after a restart the trails begin anew.
/// </summary>
/// <param name="most">Candidates that have a trail at a time; beyond it new ones get none until others leave. About 300 bytes each.</param>
/// <remarks>Owned by the ranking stage. O(log <see cref="RecentVisits"/>) a visit.</remarks>
internal sealed class LossHistories(int most)
{
    /// <summary>Losses kept of one candidate, the newest.</summary>
    public const int Length = 16;

    private const int RecentVisits = 4_096;

    // Where nobody is set aside, a question is still answered by the rule's usual numbers.
    private static readonly LabelNoiseOptions Usual = new() { MinimumVisits = 1 };

    private readonly Dictionary<CandidateKey, Trail> _trails = [];
    private readonly RecentHardness _visited = new(RecentVisits);

    /// <summary>A resident was scored again or trained on.</summary>
    /// <param name="before">What it stood at: the first of its trail.</param>
    public void Add(CandidateKey key, LossRecord before, LossRecord now)
    {
        if (!float.IsFinite(now.Loss))
            return;
        _visited.Observe(now.Loss);
        ref var trail = ref CollectionsMarshal.GetValueRefOrNullRef(_trails, key);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref trail))
        {
            if (_trails.Count >= most)
                return;
            var begun = new Trail();
            begun.Add(before);
            begun.Add(now);
            _trails.Add(key, begun);
            return;
        }

        trail.Add(now);
    }

    public void Remove(CandidateKey key) => _trails.Remove(key);

    /// <summary>Oldest first; none where it was not visited since it entered the pool.</summary>
    public IReadOnlyList<LossRecord> Of(CandidateKey key) => _trails.TryGetValue(key, out var trail) ? trail.Losses() : [];

    /// <summary>Whether it looks like a wrong label, and why.</summary>
    public (bool Suspected, string Why) Judge(CandidateKey key, LabelNoiseOptions options) =>
        LabelNoiseRule.Explain(_trails.TryGetValue(key, out var trail) ? trail.History : default, _visited, options.MinimumVisits > 0 ? options : Usual);

    private sealed class Trail
    {
        private readonly LossRecord[] _losses = new LossRecord[Length];
        private LossHistory _history;

        public LossHistory History => _history;

        public void Add(LossRecord loss)
        {
            _losses[_history.Visits % Length] = loss;
            _history.Add(loss.Loss);
        }

        public LossRecord[] Losses()
        {
            var count = Math.Min(_history.Visits, Length);
            var losses = new LossRecord[count];
            for (var i = 0; i < count; i++)
                losses[i] = _losses[(_history.Visits - count + i) % Length];
            return losses;
        }
    }
}
