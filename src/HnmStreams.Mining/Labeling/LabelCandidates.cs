using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Labeling;

/// <summary>An example whose label would help most.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Doubt">The larger of uncertainty and disagreement, 0 to 1.</param>
/// <param name="Uncertainty">Uncertainty of the newest prediction, 0 to 1.</param>
/// <param name="Disagreement">Largest disagreement between the predictions of two versions, 0 to 1; 0 if only one has predicted it.</param>
/// <param name="Version">Model version of the newest prediction.</param>
/// <param name="Probabilities">Newest prediction.</param>
public sealed record LabelCandidate<TId>(TId Id, double Doubt, double Uncertainty, double Disagreement, long Version, IReadOnlyList<float> Probabilities);

/// <summary>
/// A bounded pool of the unlabeled examples with the largest doubt: an uncertain prediction, or predictions of two model versions that disagree. It is a
/// <see cref="HardPool{TId,TPayload}"/> with the doubt as hardness.
/// </summary>
/// <remarks>
/// Disagreement needs an earlier prediction of the same example, so it is found for examples in the pool only. <see cref="Offer"/> takes O(classes + log n).
/// Single-threaded; one owner.
/// </remarks>
/// <typeparam name="TId">Identity of an example.</typeparam>
public sealed class LabelCandidates<TId>
    where TId : struct, IEquatable<TId>
{
    private readonly HardPool<TId, Prediction> _pool;

    /// <param name="count">Maximum number of examples, 1 or more.</param>
    public LabelCandidates(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        // Nothing is drawn, and nothing ages: a label or a better candidate ends a stay.
        _pool = new HardPool<TId, Prediction>(new PoolOptions { Count = count, Bytes = long.MaxValue, MaxUses = 0, MaxAge = 0 }, new UniformSampler());
    }

    /// <summary>The number of examples in the pool.</summary>
    public int Count => _pool.Count;

    /// <summary>Offers a prediction of an unlabeled example.</summary>
    /// <param name="id">Id of the example.</param>
    /// <param name="version">Model version.</param>
    /// <param name="probabilities">Probabilities of the classes, or that of a positive alone.</param>
    /// <returns>True if the example is in the pool now.</returns>
    public bool Offer(TId id, long version, ReadOnlySpan<float> probabilities)
    {
        var uncertainty = PredictionDoubt.Uncertainty(probabilities);
        if (double.IsNaN(uncertainty))
            return false;
        var key = new CandidateKey<TId>(id, 0);
        if (!_pool.TryGet(key, out var earlier))
        {
            return _pool.WouldAccept((float)uncertainty, version, 0)
                && _pool.Offer(key, (float)uncertainty, version, 0, new Prediction(version, uncertainty, 0, probabilities.ToArray())) == OfferOutcome.Added;
        }

        var prediction = earlier.Payload;
        if (prediction.Version != version && prediction.Probabilities.Length == probabilities.Length)
            prediction.Disagreement = Math.Max(prediction.Disagreement, PredictionDoubt.Disagreement(prediction.Probabilities, probabilities));
        (prediction.Version, prediction.Uncertainty, prediction.Probabilities) = (version, uncertainty, probabilities.ToArray());
        return _pool.Update(key, (float)prediction.Doubt, version);
    }

    /// <summary>Returns true if an example is in the pool. O(1).</summary>
    public bool Contains(TId id) => _pool.TryGet(new CandidateKey<TId>(id, 0), out _);

    /// <summary>Removes an example, because its label has come. O(log n).</summary>
    /// <returns>False if it is not in the pool.</returns>
    public bool Remove(TId id) => _pool.RemoveAll(id) > 0;

    /// <summary>Returns the examples with the largest doubt, largest first. O(count log n).</summary>
    public IReadOnlyList<LabelCandidate<TId>> Hardest(int count)
    {
        var items = new List<PoolItem<TId, Prediction>>();
        _pool.CopyHardest(count, items);
        return [.. items.Select(i => new LabelCandidate<TId>(
            i.Key.Id, i.Payload.Doubt, i.Payload.Uncertainty, i.Payload.Disagreement, i.Payload.Version, i.Payload.Probabilities))];
    }

    private sealed class Prediction(long version, double uncertainty, double disagreement, float[] probabilities)
    {
        public long Version { get; set; } = version;

        public double Uncertainty { get; set; } = uncertainty;

        public double Disagreement { get; set; } = disagreement;

        public float[] Probabilities { get; set; } = probabilities;

        public double Doubt => Math.Max(Uncertainty, Disagreement);
    }
}
