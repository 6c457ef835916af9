using HnmStreams.Pipeline.Flow;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>A promoted model. The holder owns one reference to its weights.</summary>
internal sealed record RegisteredModel(ModelSnapshot Snapshot, ModelCard Card) : IDisposable
{
    public void Dispose() => Snapshot.Dispose();
}

/// <summary>A registry of the run's promoted model, its best model and the recent promotion decisions.</summary>
/// <remarks>Thread-safe. One writer, many readers. Holds at most two models in host memory.</remarks>
internal sealed class ModelRegistry : IDisposable
{
    /// <summary>The number of recent decisions kept.</summary>
    public const int MaxDecisions = 50;

    private readonly Lock _gate = new();
    private readonly Queue<PromotionDecision> _decisions = new();
    private RegisteredModel? _promoted, _best;
    private bool _closed;

    /// <summary>Returns the promoted model, which the caller disposes; null before the first promotion.</summary>
    public RegisteredModel? AcquirePromoted()
    {
        lock (_gate)
            return Borrow(_promoted);
    }

    /// <summary>Returns the best model, which the caller disposes; null before the first promotion.</summary>
    public RegisteredModel? AcquireBest()
    {
        lock (_gate)
            return Borrow(_best);
    }

    /// <summary>Records a decision and registers the model if it was promoted. The caller keeps its own reference to the snapshot.</summary>
    public void Record(PromotionDecision decision, ModelSnapshot snapshot, ModelCard card, PromotionVerdict verdict)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _decisions.Enqueue(decision);
            if (_decisions.Count > MaxDecisions)
                _decisions.Dequeue();
            if (verdict == PromotionVerdict.WorseThanBest && _best is not null)
                Replace(ref _promoted, _best);
            if (!decision.Promoted)
                return;
            var model = new RegisteredModel(snapshot, card);
            Replace(ref _promoted, model);
            if (verdict == PromotionVerdict.Best)
                Replace(ref _best, model);
        }
    }

    /// <summary>Returns a copy of the state for a checkpoint; the caller disposes it.</summary>
    public RegistryCapture Capture()
    {
        lock (_gate)
            return new RegistryCapture(Borrow(_promoted), Borrow(_best), [.. _decisions]);
    }

    /// <summary>Restores the state of a checkpoint into an empty registry. The caller keeps ownership of the capture.</summary>
    public void Restore(RegistryCapture from)
    {
        lock (_gate)
        {
            foreach (var decision in from.Decisions)
                _decisions.Enqueue(decision);
            if (from.Promoted is { } promoted)
                Replace(ref _promoted, promoted);
            if (from.Best is { } best)
                Replace(ref _best, best);
        }
    }

    /// <param name="gated">True if versions pass a gate before they are promoted.</param>
    /// <param name="newest">The newest published version, promoted or not.</param>
    public RegistryStatus Status(bool gated, long newest)
    {
        lock (_gate)
            return new RegistryStatus(gated, newest, _promoted?.Card, _best?.Card.Version, [.. _decisions.Reverse()]);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _promoted?.Dispose();
            _best?.Dispose();
            (_promoted, _best) = (null, null);
        }
    }

    private static void Replace(ref RegisteredModel? place, RegisteredModel model)
    {
        var old = place;
        place = Borrow(model);
        old?.Dispose();
    }

    private static RegisteredModel? Borrow(RegisteredModel? model) => model is not null && model.Snapshot.TryAcquire() ? model : null;
}
