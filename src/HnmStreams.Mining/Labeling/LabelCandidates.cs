using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Labeling;

/// <summary>An example whose label would help most.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Doubt">The measure of the strategy, 0 to 1: uncertainty, disagreement, or the larger of both.</param>
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
/// Disagreement is that of two predictions of an example in the pool, or is given by the caller. <see cref="Offer"/> takes O(classes + log n).
/// Single-threaded; one owner.
/// </remarks>
/// <typeparam name="TId">Identity of an example.</typeparam>
public sealed class LabelCandidates<TId>
    where TId : struct, IEquatable<TId>
{
    private const string Structure = "label candidates";

    private readonly HardPool<TId, Prediction> _pool;
    private readonly LabelStrategy _strategy;

    /// <param name="count">Maximum number of examples, 1 or more.</param>
    /// <param name="strategy">The measure of doubt.</param>
    public LabelCandidates(int count, LabelStrategy strategy = LabelStrategy.Either)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _strategy = strategy;
        // Nothing is drawn, and nothing ages: a label or a better candidate ends a stay.
        _pool = new HardPool<TId, Prediction>(new PoolOptions { Count = count, Bytes = long.MaxValue, MaxUses = 0, MaxAge = 0 }, new UniformSampler());
    }

    /// <summary>The number of examples in the pool.</summary>
    public int Count => _pool.Count;

    /// <summary>Offers a prediction of an unlabeled example. One without any doubt is refused.</summary>
    /// <param name="id">Id of the example.</param>
    /// <param name="version">Model version.</param>
    /// <param name="probabilities">Probabilities of the classes, or that of a positive alone.</param>
    /// <param name="disagreement">Disagreement with the prediction of another version, 0 to 1; 0 if none exists.</param>
    /// <returns>True if the example is in the pool now.</returns>
    public bool Offer(TId id, long version, ReadOnlySpan<float> probabilities, double disagreement = 0)
    {
        var uncertainty = PredictionDoubt.Uncertainty(probabilities);
        if (double.IsNaN(uncertainty) || double.IsNaN(disagreement))
            return false;
        var key = new CandidateKey<TId>(id, 0);
        if (!_pool.TryGet(key, out var earlier))
        {
            var doubt = (float)DoubtOf(uncertainty, disagreement);
            return doubt > 0
                && _pool.WouldAccept(doubt, version, 0)
                && _pool.Offer(key, doubt, version, 0, new Prediction(version, uncertainty, disagreement, probabilities.ToArray())) == OfferOutcome.Added;
        }

        var prediction = earlier.Payload;
        if (prediction.Version != version && prediction.Probabilities.Length == probabilities.Length)
            disagreement = Math.Max(disagreement, PredictionDoubt.Disagreement(prediction.Probabilities, probabilities));
        prediction.Disagreement = Math.Max(prediction.Disagreement, disagreement);
        (prediction.Version, prediction.Uncertainty, prediction.Probabilities) = (version, uncertainty, probabilities.ToArray());
        return _pool.Update(key, (float)DoubtOf(uncertainty, prediction.Disagreement), version);
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
            i.Key.Id, DoubtOf(i.Payload.Uncertainty, i.Payload.Disagreement), i.Payload.Uncertainty, i.Payload.Disagreement, i.Payload.Version, i.Payload.Probabilities))];
    }

    /// <summary>Writes the examples with their predictions. O(count · classes).</summary>
    public void Save(StateWriter writer, IStateCodec<TId> ids)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(ids);
        var items = new List<PoolItem<TId, Prediction>>();
        _pool.CopyHardest(_pool.Count, items);
        writer.Begin(Structure, 1);
        writer.WriteInt32(items.Count);
        foreach (var item in items)
        {
            ids.Write(writer, item.Key.Id);
            writer.WriteInt64(item.Payload.Version);
            writer.WriteDouble(item.Payload.Disagreement);
            writer.WriteArray<float>(item.Payload.Probabilities);
        }
    }

    /// <summary>Restores what <see cref="Save"/> wrote into an empty pool. Those with the least doubt are left out if its bound is smaller now.</summary>
    /// <exception cref="InvalidDataException">The data is not such a pool.</exception>
    public void Restore(StateReader reader, IStateCodec<TId> ids)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(ids);
        reader.Expect(Structure, 1);
        for (var left = reader.ReadCount(sizeof(long) + sizeof(double) + sizeof(int)); left > 0; left--)
        {
            var id = ids.Read(reader);
            var (version, disagreement) = (reader.ReadInt64(), reader.ReadDouble());
            if (disagreement is not (>= 0 and <= 1))
                throw reader.Invalid($"a disagreement must be 0 to 1 but is {disagreement}");
            Offer(id, version, reader.ReadArray<float>(), disagreement);
        }
    }

    private double DoubtOf(double uncertainty, double disagreement) => _strategy switch
    {
        LabelStrategy.Uncertainty => uncertainty,
        LabelStrategy.Disagreement => disagreement,
        _ => Math.Max(uncertainty, disagreement),
    };

    private sealed class Prediction(long version, double uncertainty, double disagreement, float[] probabilities)
    {
        public long Version { get; set; } = version;

        public double Uncertainty { get; set; } = uncertainty;

        public double Disagreement { get; set; } = disagreement;

        public float[] Probabilities { get; set; } = probabilities;
    }
}
