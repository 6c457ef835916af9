using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>A promoted model. The holder owns one reference to its weights.</summary>
internal sealed record RegisteredModel(ModelSnapshot Snapshot, ModelCard Card) : IDisposable
{
    public void Dispose() => Snapshot.Dispose();
}

/// <summary>
/// A registry of the run's promoted model, its best model and the recent promotion decisions. A person can pin a version: it is served
/// instead of the promoted one until the choice is given back to the gate.
/// </summary>
/// <param name="kept">The promoted versions on disk; null if there is no folder for them.</param>
/// <remarks>Thread-safe. One writer, many readers. Holds at most three models in host memory.</remarks>
internal sealed class ModelRegistry(KeptVersions? kept = null) : IDisposable
{
    /// <summary>The number of recent decisions kept.</summary>
    public const int MaxDecisions = 50;

    private readonly Lock _gate = new();
    private readonly Queue<PromotionDecision> _decisions = new();
    private RegisteredModel? _promoted, _best, _pinned;
    private bool _closed;

    /// <summary>Returns the model to serve, which the caller disposes: the pinned one, else the promoted one; null before the first promotion.</summary>
    public RegisteredModel? AcquirePromoted()
    {
        lock (_gate)
            return Borrow(_pinned ?? _promoted);
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

        kept?.Add(snapshot, card);
    }

    /// <summary>Pins a version: it is served until <see cref="Unpin"/>, whatever the gate decides meanwhile.</summary>
    /// <param name="newest">The newest version, which may be chosen although it was not promoted. The caller keeps its own reference.</param>
    /// <returns>The card of the version; null if it is not kept.</returns>
    /// <exception cref="InvalidDataException">The kept file is damaged.</exception>
    public ModelCard? Pin(long version, RegisteredModel newest)
    {
        using var chosen = Take(version, newest);
        if (chosen is null)
            return null;
        lock (_gate)
        {
            if (_closed)
                return null;
            Replace(ref _pinned, chosen);
        }

        return chosen.Card;
    }

    /// <summary>Serves the promoted version again.</summary>
    public void Unpin()
    {
        lock (_gate)
        {
            _pinned?.Dispose();
            _pinned = null;
        }
    }

    /// <summary>Opens the weights of a kept version, which the caller disposes; null if it is not kept.</summary>
    public Stream? OpenWeights(long version) => kept?.OpenWeights(version);

    /// <summary>Returns a copy of the state for a checkpoint; the caller disposes it.</summary>
    public RegistryCapture Capture()
    {
        lock (_gate)
            return new RegistryCapture(Borrow(_promoted), Borrow(_best), [.. _decisions], Borrow(_pinned));
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
            if (from.Pinned is { } pinned)
                Replace(ref _pinned, pinned);
        }
    }

    /// <param name="gated">True if versions pass a gate before they are promoted.</param>
    /// <param name="newest">The newest published version, promoted or not.</param>
    public RegistryStatus Status(bool gated, long newest)
    {
        var versions = kept?.Cards() ?? [];
        lock (_gate)
        {
            return new RegistryStatus(gated, newest, (_pinned ?? _promoted)?.Card, _best?.Card.Version, [.. _decisions.Reverse()])
            {
                Pinned = _pinned?.Card.Version,
                Kept = versions,
            };
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _promoted?.Dispose();
            _best?.Dispose();
            _pinned?.Dispose();
            (_promoted, _best, _pinned) = (null, null, null);
        }
    }

    private RegisteredModel? Take(long version, RegisteredModel newest)
    {
        lock (_gate)
        {
            foreach (var model in (RegisteredModel?[])[_pinned, _promoted, _best, newest])
            {
                if (model?.Card.Version == version)
                    return Borrow(model);
            }
        }

        return kept?.Read(version);
    }

    private static void Replace(ref RegisteredModel? place, RegisteredModel model)
    {
        var old = place;
        place = Borrow(model);
        old?.Dispose();
    }

    private static RegisteredModel? Borrow(RegisteredModel? model) => model is not null && model.Snapshot.TryAcquire() ? model : null;
}
