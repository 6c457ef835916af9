using System.Runtime.InteropServices;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Pipeline.Memory;

/// <summary>The loss of a candidate under one model version.</summary>
public readonly record struct LossRecord(long ModelVersion, float Loss);

/// <summary>
/// The losses of the pool's candidates over their visits, to explain why a candidate is hard. No decision depends on them, so
/// they are not part of a checkpoint: they start empty after a restart.
/// </summary>
/// <param name="capacity">The maximum number of candidates with a history. Further candidates get none until others leave. About 300 bytes each.</param>
/// <remarks>Owned by the ranking stage. O(log <see cref="RecentVisits"/>) per visit.</remarks>
internal sealed class LossHistories(int capacity)
{
    /// <summary>The number of losses kept per candidate, the newest.</summary>
    public const int Length = 16;

    private const int RecentVisits = 4_096;

    // If label-noise detection is off, questions are answered with its default settings.
    private static readonly LabelNoiseOptions Defaults = new() { MinVisits = 1 };

    private readonly Dictionary<CandidateKey, LossRing> _histories = [];
    private readonly RecentHardness _visited = new(RecentVisits);

    /// <summary>Adds the loss of a candidate that was scored again or trained on.</summary>
    /// <param name="before">Its loss before the visit, which begins a new history.</param>
    public void Add(CandidateKey key, LossRecord before, LossRecord now)
    {
        if (!float.IsFinite(now.Loss))
            return;
        _visited.Observe(now.Loss);
        ref var history = ref CollectionsMarshal.GetValueRefOrNullRef(_histories, key);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref history))
        {
            if (_histories.Count >= capacity)
                return;
            var begun = new LossRing();
            begun.Add(before);
            begun.Add(now);
            _histories.Add(key, begun);
            return;
        }

        history.Add(now);
    }

    public void Remove(CandidateKey key) => _histories.Remove(key);

    /// <summary>Returns the losses, oldest first; none if the candidate was not visited since it entered the pool.</summary>
    public IReadOnlyList<LossRecord> Of(CandidateKey key) => _histories.TryGetValue(key, out var history) ? history.Losses() : [];

    /// <summary>Decides if the label of a candidate looks wrong, and returns the reason.</summary>
    public (bool Suspected, string Reason) Judge(CandidateKey key, LabelNoiseOptions options) =>
        LabelNoiseRule.Explain(_histories.TryGetValue(key, out var history) ? history.History : default, _visited, options.MinVisits > 0 ? options : Defaults);

    private sealed class LossRing
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
