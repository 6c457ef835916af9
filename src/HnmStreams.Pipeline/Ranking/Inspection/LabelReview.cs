using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Retention;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Pipeline.Ranking.Inspection;

/// <summary>A person's decisions about suspected label errors. The last ones can be undone; they are not part of checkpoints.</summary>
/// <param name="released">Called for each released candidate, with its hardness in the pool, or null if the pool has no room for it.</param>
/// <param name="quarantined">Called for each candidate that returns to the quarantine.</param>
/// <remarks>Owned by the ranking stage: no locks. Uses no random numbers.</remarks>
internal sealed class LabelReview(
    PayloadStore payloads,
    FilteredPool<ExampleKey, StoredExample> pool,
    Action<CandidateKey, StoredExample, float?> released,
    Action<Suspect<CandidateKey, StoredExample>> quarantined)
{
    /// <summary>The number of decisions that can be undone.</summary>
    public const int MaxUndo = 50;

    private readonly List<Decision> _decisions = [];

    /// <summary>Releases a candidate with a right label from the quarantine: it is offered to the pool at its last loss, and not suspected again.</summary>
    /// <param name="modelVersion">The newest model version.</param>
    /// <returns>False if the candidate is not in quarantine.</returns>
    public bool Release(CandidateKey key, long modelVersion)
    {
        if (!pool.Quarantine.TryGet(key, out var suspect))
            return false;
        Remember(suspect, isWrong: false);
        pool.Quarantine.TryRelease(key, suspect.Payload.Label, out suspect);
        var example = suspect.Payload;
        var hardness = suspect.LastLosses is [.., var last] ? last : 0;
        var signature = pool.WantsSignatures ? XxHash3.HashToUInt64(payloads.Read(example)) : 0;
        var added = pool.Offer(key, hardness, modelVersion, example.Bytes, example, example.Label, signature) == OfferOutcome.Added;
        released(key, example, added ? hardness : null);
        if (!added)
            payloads.Release(example);
        return true;
    }

    /// <summary>Removes a candidate with a wrong label from the quarantine. It is not accepted again.</summary>
    /// <returns>False if the candidate is not in quarantine.</returns>
    public bool Confirm(CandidateKey key)
    {
        if (!pool.Quarantine.TryGet(key, out var suspect))
            return false;
        Remember(suspect, isWrong: true);
        return pool.Quarantine.Confirm(key, suspect.Payload.Label);
    }

    /// <summary>Takes the decision about a candidate back: it is in quarantine again.</summary>
    /// <returns>False if the decision is not remembered, or a newer record of the example has made it void.</returns>
    public bool Undo(CandidateKey key)
    {
        var index = _decisions.FindLastIndex(d => d.Suspect.Key == key);
        if (index < 0)
            return false;
        var decision = _decisions[index];
        _decisions.RemoveAt(index);
        if (!(decision.IsWrong ? pool.Quarantine.IsConfirmed(key) : pool.Quarantine.IsReleased(key)))
            return false;
        pool.RemoveAll(key.Id);
        // Removes the decision; the candidate itself is not there.
        pool.Quarantine.Remove(key);
        var example = payloads.Keep(decision.Source, decision.Payload, decision.Label, decision.Weight);
        example.Holders++;
        var suspect = decision.Suspect with { Payload = example };
        quarantined(suspect);
        pool.Quarantine.Add(suspect);
        return true;
    }

    // The payload is copied, because it leaves the store with the candidate.
    private void Remember(Suspect<CandidateKey, StoredExample> suspect, bool isWrong)
    {
        var example = suspect.Payload;
        _decisions.Add(new Decision(suspect, example.Source, payloads.Read(example).ToArray(), example.Label, example.Weight, isWrong));
        if (_decisions.Count > MaxUndo)
            _decisions.RemoveAt(0);
    }

    private sealed record Decision(Suspect<CandidateKey, StoredExample> Suspect, RowSource Source, byte[] Payload, int Label, float Weight, bool IsWrong);
}
