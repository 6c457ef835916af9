using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The rule that the newest record of an id replaces the older one in every structure.</summary>
internal sealed partial class Ranker
{
    /// <summary>
    /// Removes the earlier record of an example everywhere if the new one has another label, payload or weight. Weights of the
    /// model that learned from the earlier record stay; later steps correct them.
    /// </summary>
    /// <returns>True if there was an earlier record with other content.</returns>
    private bool ReplaceEarlier(ExampleBatch batch, int row, CandidateKey key, bool isNew)
    {
        var label = batch.Rows.Labels[row];
        // A verdict is about the label that was reviewed, not about a corrected one.
        _pool.Quarantine.DropVerdictOfOtherLabel(key, label);
        var wasHeldOut = _heldOut.Remove(key.Id);
        if (isNew || FindStored(key) is not { } earlier)
            return wasHeldOut;
        if (earlier.Label == label && earlier.Weight == batch.Rows.Weights[row] && IsSameContent(earlier, batch, row))
            return wasHeldOut;
        Forget(key.Id);
        return true;
    }

    private bool AddHeldOut(ExampleBatch batch, int row)
    {
        using (var span = batch.BatchSpans is null ? null : PipelineSpans.StartRanking(batch.HeldOutSources, row))
            PipelineSpans.Conclude(span, "held-out", "kept for evaluation, never trained on");
        var source = batch.HeldOutSources[row];
        var wasStored = _payloads.MayKeep(source.Key) && FindStored(new CandidateKey(source.Key, 0)) is not null;
        if (wasStored)
            Forget(source.Key);
        return _heldOut.Add(batch.HeldOut, row, source, _task.RoleOf(batch.HeldOut.Labels[row]), batch.HeldOutContents) || wasStored;
    }

    private bool IsSameContent(StoredExample earlier, ExampleBatch batch, int row) => batch.HasPayload(row)
        ? _payloads.Read(earlier).SequenceEqual(batch.Rows.Payload(row))
        : batch.Contents!.IsSame(row, _payloads.Read(earlier));

    // The pool may hold an example that the index of a task with groups does not.
    private StoredExample? FindStored(CandidateKey key) =>
        _groups?.Kept.TryGet(key, out _, out var member) == true ? member
        : _pool.Pool.TryGet(key, out var item) ? item.Payload
        : _positives.TryGet(key, out var stored) || _negatives.TryGet(key, out stored) || _newPositives.TryGet(key.Id, out stored) || _rescoring.TryGet(key.Id, out stored) ? stored
        : _pool.Quarantine.TryGet(key, out var suspect) ? suspect.Payload
        : null;
}
