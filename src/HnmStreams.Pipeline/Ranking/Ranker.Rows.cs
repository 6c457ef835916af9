using System.Diagnostics;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using HnmStreams.Mining.Pool;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The rows of a batch: into the reservoirs, and by their scores into the pool.</summary>
internal sealed partial class Ranker
{
    // The candidates that a teacher has checked, and those that it holds back.
    private long _checked;
    private long _heldBack;

    /// <returns>The number of corrections.</returns>
    private int TakeByKind(ExampleBatch batch)
    {
        var (tombstone, scored, corrections) = (0, 0, 0);
        for (var row = 0; row < batch.Rows.Count; row++)
        {
            for (; tombstone < batch.Tombstones.Count && batch.Tombstones[tombstone].BeforeRow <= row; tombstone++)
                Forget(batch.Tombstones[tombstone].Key);
            corrections += TakeRow(batch, row, ref scored) ? 1 : 0;
        }

        for (; tombstone < batch.Tombstones.Count; tombstone++)
            Forget(batch.Tombstones[tombstone].Key);
        for (var row = 0; row < batch.HeldOut.Count; row++)
            corrections += AddHeldOut(batch, row) ? 1 : 0;
        return corrections;
    }

    /// <summary>Takes the next row and evaluates its score, if it has one.</summary>
    /// <param name="scored">The number of scored rows before this one.</param>
    /// <returns>True if it corrects an earlier record.</returns>
    private bool TakeRow(ExampleBatch batch, int row, ref int scored)
    {
        var isScored = batch.Scores is { } scores && scored < scores.Hardness.Length && batch.ToScore[scored] == row;
        var isCorrection = TakeRow(batch, row, isScored ? scored : -1);
        if (isScored)
            Evaluate(batch, row, scored++);
        return isCorrection;
    }

    /// <param name="scored">The row's place among the scored rows, or -1.</param>
    /// <returns>True if it corrects an earlier record.</returns>
    private bool TakeRow(ExampleBatch batch, int row, int scored)
    {
        var key = new CandidateKey(CollectionsMarshal.AsSpan(batch.Sources)[row].Key, 0);
        var isNew = !_payloads.MayKeep(key.Id);
        var isCorrection = ReplaceEarlier(batch, row, key, isNew);
        TakeRow(batch, row, key, scored >= 0 ? batch.Scores!.Hardness[scored] : float.NaN, scored, isNew);
        return isCorrection;
    }

    // scored: the row's place among the scored rows, or -1. isNew: no example of this id is kept, so that it is not in the pool.
    private void TakeRow(ExampleBatch batch, int row, CandidateKey key, float hardness, int scored, bool isNew)
    {
        using var span = batch.BatchSpans is null ? null : PipelineSpans.StartRanking(batch.Sources, row);
        span?.SetTag("hnm.example.id", batch.SourceOf(row).Id);
        if (_task.RoleOf(batch.Rows.Labels[row]) == ExampleRole.Unknown)
        {
            PipelineInstruments.Examples.Add(1, new KeyValuePair<string, object?>("outcome", "unknown"));
            PipelineSpans.Conclude(span, "unknown", "an example of no class is evaluated, not trained on");
            return;
        }

        StoredExample? kept = null;
        if (_groups is not null)
        {
            kept = _groups.Keep(key, batch, row);
            if (scored >= 0)
                Rank(batch, row, key, _groups.Lookup(key, batch.Rows.Labels[row], batch.Rows.Payload(row), batch.Scores!.OutputsOf(scored), batch.Scores.VersionOf(scored)), batch.Scores.VersionOf(scored), kept, isNew: false, span);
            else
                PipelineSpans.Conclude(span, "unscored", kept is null ? UnscoredReason(batch) : "kept in the index without a score");
            return;
        }

        if (_task.RoleOf(batch.Rows.Labels[row]) == ExampleRole.Positive)
        {
            TakePositive(batch, row, key);
            PipelineSpans.Conclude(span, "positive", "a positive is trained on, not mined");
            return;
        }

        _poolSize.Add(key.Id);
        if (_negatives.TryReserve(DrawOf(batch, row), out var slot) && TryKeepSample(batch, row) is { } negative)
            Put(_negatives, slot, key, kept = negative);
        if (scored >= 0 && IsTooOld(batch.Scores!.VersionOf(scored)))
        {
            _outdated.Add(new OutdatedRow(batch, row, key, batch.Scores.VersionOf(scored), hardness));
            PipelineSpans.Conclude(span, "unscored", "the served prediction is too old; the hardest of such examples are scored again");
        }
        else if (scored >= 0)
        {
            Rank(batch, row, key, hardness, batch.Scores!.VersionOf(scored), kept, isNew, span);
        }
        else
        {
            PipelineSpans.Conclude(span, "unscored", UnscoredReason(batch));
        }
    }

    private void TakePositive(ExampleBatch batch, int row, CandidateKey key)
    {
        var isReserved = _positives.TryReserve(DrawOf(batch, row), out var slot);
        if (!batch.HasPayload(row) && !isReserved)
            return;
        if (TryKeepSample(batch, row) is not { } kept)
            return;
        _newPositives.Add(kept);
        if (isReserved)
            Put(_positives, slot, key, kept);
    }

    private ulong DrawOf(ExampleBatch batch, int row) => _draw.Of(batch.Sources[row].Key, batch.Sources[row].Origin);

    private static string UnscoredReason(ExampleBatch batch) => batch.Failure ?? "not in the share of examples that are scored";

    // Each training step gives fresh embeddings: the index takes them and returns their present hardness.
    private float UpdateEmbedding(StepFeedback feedback, int row) => _groups!.Kept.TryGet(feedback.Keys[row], out var group, out var example)
        ? _groups.Lookup(feedback.Keys[row], group, _payloads.Read(example), feedback.Embeddings.AsSpan(row * _task.OutputWidth, _task.OutputWidth), feedback.ModelVersion)
        : float.NaN;

    private void Rank(ExampleBatch batch, int row, CandidateKey key, float hardness, long version, StoredExample? kept, bool isNew, Activity? span)
    {
        span?.SetTag("hnm.hardness", hardness).SetTag("hnm.pool.threshold", float.IsFinite(_pool.Pool.Threshold) ? _pool.Pool.Threshold : null).SetTag("hnm.model.version", version);
        // A NaN score means that the model is broken, not that the example is hard.
        if (float.IsNaN(hardness))
        {
            PipelineSpans.Conclude(span, "rejected", "the hardness is not a number");
            return;
        }

        _pool.Observe(hardness);
        _hardnessBound?.Observe(hardness);
        if (IsRefutedByTeacher(batch, row, key))
        {
            HoldBack(batch, row, key, hardness, version, kept, span);
            return;
        }

        if (!isNew && Visit(key, hardness, version))
        {
            PipelineSpans.Conclude(span, "updated", "the pool already holds it; its hardness was updated");
            return;
        }

        var payload = batch.Rows.Payload(row);
        var (bytes, label) = (StoredExample.BytesFor(payload.Length), batch.Rows.Labels[row]);
        if (!_pool.WouldAccept(key, hardness, version, bytes, label))
        {
            if (span is not null)
                PipelineSpans.Conclude(span, "rejected", RefusalText.Of(_pool.ReasonToRefuse(key, hardness, version, bytes, label)));
            return;
        }

        var signature = _pool.WantsSignatures && batch.HasPayload(row) ? XxHash3.HashToUInt64(_task is IGroupedTask grouped ? grouped.Input(payload) : payload) : 0;
        kept ??= TryKeepCandidate(batch, row, hardness);
        if (kept is null)
        {
            PipelineSpans.Conclude(span, "rejected", "its payload was not sent, because the bound was too high");
            return;
        }

        kept.Holders++;
        var threshold = _pool.Pool.Threshold;
        if (_pool.Offer(key, hardness, version, bytes, kept, label, signature) == OfferOutcome.Added)
        {
            _bound?.Enter(hardness);
            _notifier.Added(key, kept, hardness, version, threshold);
            PipelineSpans.Conclude(span, "admitted", float.IsFinite(threshold) ? "harder than the easiest candidate of the full pool" : "the pool has room");
        }
        else
        {
            _payloads.Release(kept);
            PipelineSpans.Conclude(span, "rejected", "the pool holds a near-duplicate");
        }
    }

    // A label that a person has confirmed to be right is not suspected again.
    private bool IsRefutedByTeacher(ExampleBatch batch, int row, CandidateKey key)
    {
        if (batch.OtherLabel is not { } probabilities || float.IsNaN(probabilities[row]))
            return false;
        _checked++;
        return probabilities[row] >= _task.Teacher!.Threshold && !_pool.Quarantine.IsReleased(key);
    }

    /// <summary>Takes the answers of the cross-encoder on the pairs of a round: rows that are no negatives are left out, and their pairs are not drawn again.</summary>
    public LearnersRound TakeVerdicts(LearnersRound round) =>
        round with { Mined = round.Mined with { Batches = [.. round.Mined.Batches.Select(TakeVerdicts)] } };

    private TrainingBatch TakeVerdicts(TrainingBatch batch)
    {
        var leftOut = new HashSet<int>();
        for (var i = 0; i < (batch.Pairs?.Relevance.Length ?? 0); i++)
        {
            var (pair, relevance) = (batch.Pairs![i], batch.Pairs.Relevance[i]);
            _checked += float.IsNaN(relevance) ? 0 : 1;
            // A candidate that a person has released from the quarantine is not suspected again.
            if (!(relevance >= ((IGroupedTask)_task).PairTeacher!.Threshold) || (pair.Hard is not null && _pool.Quarantine.IsReleased(pair.Anchor)))
                continue;
            _groups!.FalseNegatives.Add(pair.Anchor, pair.Other);
            leftOut.Add(pair.Row);
            _heldBack++;
            PipelineInstruments.HeldBack.Add(1);
            if (pair.Hard is { } hard)
                Suspect(pair, hard.Hardness, hard.Version, FormattableString.Invariant($"the teacher finds it relevant to '{pair.OtherId}' with the probability {relevance:0.000}, but they share no group"));
        }

        if (leftOut.Count == 0)
            return batch;
        using (batch)
            return batch.Of(Enumerable.Range(0, batch.Rows.Count).Where(row => !leftOut.Contains(row)));
    }

    // A candidate that was drawn for the last time has left the pool. The index may still hold it.
    private void Suspect(MinedPair pair, float hardness, long version, string reason)
    {
        if (_pool.MoveToQuarantine(pair.Anchor, hardness, version, reason) || _pool.Quarantine.Holds(pair.Anchor) || !_groups!.Kept.TryGet(pair.Anchor, out _, out var kept))
            return;
        kept.Holders++;
        _pool.AddToQuarantine(pair.Anchor, kept, hardness, version, reason);
    }

    private void HoldBack(ExampleBatch batch, int row, CandidateKey key, float hardness, long version, StoredExample? kept, Activity? span)
    {
        var reason = FormattableString.Invariant($"the teacher gives another label the probability {batch.OtherLabel![row]:0.000}");
        if (!_pool.MoveToQuarantine(key, hardness, version, reason))
        {
            var (bytes, label) = (StoredExample.BytesFor(batch.Rows.Payload(row).Length), batch.Rows.Labels[row]);
            // The quarantine is bounded: it takes those that would have been mined.
            if (!_pool.WouldAccept(key, hardness, version, bytes, label) || (kept ?? TryKeepCandidate(batch, row, hardness)) is not { } suspect)
            {
                PipelineSpans.Conclude(span, "rejected", reason);
                return;
            }

            suspect.Holders++;
            _pool.AddToQuarantine(key, suspect, hardness, version, reason);
        }

        _heldBack++;
        PipelineInstruments.HeldBack.Add(1);
        PipelineSpans.Conclude(span, "quarantined", reason);
    }
}
