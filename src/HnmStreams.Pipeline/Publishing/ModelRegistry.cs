using HnmStreams.Pipeline.Flow;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>A promoted model; one reference of its weights is the holder's.</summary>
internal sealed record RegisteredModel(ModelSnapshot Snapshot, ModelCard Card) : IDisposable
{
    public void Dispose() => Snapshot.Dispose();
}

/// <summary>Holds the latest and the best model of the run, and what was decided of others.</summary>
/// <remarks>Thread-safe. One promotes; anyone may take. At most two models in host memory.</remarks>
internal sealed class ModelRegistry : IDisposable
{
    /// <summary>Decisions remembered.</summary>
    public const int MostDecisions = 50;

    private readonly Lock _gate = new();
    private readonly Queue<PromotionDecision> _decisions = new();
    private RegisteredModel? _latest, _best;
    private bool _closed;

    /// <summary>Null before the first; the caller disposes it.</summary>
    public RegisteredModel? TakeLatest()
    {
        lock (_gate)
            return Borrow(_latest);
    }

    /// <inheritdoc cref="TakeLatest"/>
    public RegisteredModel? TakeBest()
    {
        lock (_gate)
            return Borrow(_best);
    }

    /// <summary>Takes a decision, and the model where it was promoted: its references stay the caller's.</summary>
    public void Note(PromotionDecision decision, ModelSnapshot snapshot, ModelCard card, PromotionVerdict verdict)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _decisions.Enqueue(decision);
            if (_decisions.Count > MostDecisions)
                _decisions.Dequeue();
            if (verdict == PromotionVerdict.PastBest && _best is not null)
                Replace(ref _latest, _best);
            if (!decision.Promoted)
                return;
            var model = new RegisteredModel(snapshot, card);
            Replace(ref _latest, model);
            if (verdict == PromotionVerdict.Best)
                Replace(ref _best, model);
        }
    }

    /// <summary>What a checkpoint keeps; the caller disposes it.</summary>
    public RegistryCapture Capture()
    {
        lock (_gate)
            return new RegistryCapture(Borrow(_latest), Borrow(_best), [.. _decisions]);
    }

    /// <summary>Only for a new one: goes on where the checkpoint stands. The capture stays the caller's.</summary>
    public void Restore(RegistryCapture from)
    {
        lock (_gate)
        {
            foreach (var decision in from.Decisions)
                _decisions.Enqueue(decision);
            if (from.Latest is { } latest)
                Replace(ref _latest, latest);
            if (from.Best is { } best)
                Replace(ref _best, best);
        }
    }

    public RegistryStatus Standings(bool gated, long newest)
    {
        lock (_gate)
            return new RegistryStatus(gated, newest, _latest?.Card, _best?.Card.Version, [.. _decisions.Reverse()]);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _latest?.Dispose();
            _best?.Dispose();
            (_latest, _best) = (null, null);
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
