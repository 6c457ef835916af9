using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Memory.Groups;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Outcomes;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Pipeline.Ranking.Sharing;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The state in a checkpoint. Each part saves and restores itself; this has only their order.</summary>
internal sealed partial class Ranker
{
    private const string Structure = "ranking";

    /// <summary>Returns a copy of the whole state at this moment. O(reservoirs + pool's index).</summary>
    /// <param name="release">Called with the number of the pin when the capture is written, on any thread. It must call <see cref="Release"/> with it on the owner's thread.</param>
    public RankerCapture Capture(Action<long> release)
    {
        var examples = new ExampleTable();
        var writer = new StateWriter();
        writer.Begin(Structure, 4);
        _counters.Save(writer);
        writer.WriteInt64(_modelVersion);
        BatcherState.Save(writer);
        Rounds.Save(writer);
        _chance.Save(writer);
        _budget.Save(writer);
        _prequential.Save(writer);
        _evaluated?.Save(writer);
        _positives.Save(writer, CandidateKeyCodec.Instance, examples);
        _negatives.Save(writer, CandidateKeyCodec.Instance, examples);
        _newPositives.Save(writer, examples);
        _rescoring.Save(writer, examples);
        _pool.SaveFilters(writer, CandidateKeyCodec.Instance, examples);
        _groups?.Save(writer, examples);
        writer.WriteBoolean(_joiner is not null);
        _joiner?.Outcomes.Save(writer);
        _joiner?.Weights.Save(writer);
        return new RankerCapture(
            _payloads, examples, writer, _pool.Pool.Snapshot(), _heldOut.Capture(), _audit?.Capture(), _poolSize.Capture(), _joiner?.Requests?.Capture(), _groups is { FalseNegatives: { Count: > 0 } pairs } ? pairs.Capture() : null, _positions.Snapshot(), release)
        {
            Consumed = _counters.Consumed,
            Slack = CaptureSlack(),
        };
    }

    /// <summary>Restores the state of a checkpoint. Only for a new ranker. Candidates beyond bounds that have become smaller leave.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is not that of such a learner.</exception>
    public void Restore(ResumePoint from)
    {
        var checkpoint = from.Checkpoint;
        List<StoredExample> saved;
        using (var stream = checkpoint.OpenPart(RankerCapture.ExamplesPart))
            saved = ExamplesFile.Read(stream, _payloads);
        // Held until all is restored: an example that leaves one place may still be needed in another.
        saved.ForEach(e => e.Holders++);
        var examples = new ExampleTable(saved);
        var reader = checkpoint.OpenState(RankerCapture.SmallPart);
        reader.Expect(Structure, 4);
        _counters = StreamCounters.Read(reader);
        _modelVersion = Inspection.ModelVersion = reader.ReadInt64();
        BatcherState = BatcherState.Read(reader);
        Rounds.Restore(reader);
        _chance.Restore(reader);
        _budget.Restore(reader);
        _budget.Note(_chance.IsOpen);
        _prequential.Restore(reader);
        _evaluated?.Restore(reader);
        _positives.Restore(reader, CandidateKeyCodec.Instance, examples);
        _negatives.Restore(reader, CandidateKeyCodec.Instance, examples);
        _newPositives.Restore(reader, examples);
        _rescoring.Restore(reader, examples);
        _pool.Restore(checkpoint.OpenState(RankerCapture.PoolPart), reader, ExampleKeyCodec.Instance, CandidateKeyCodec.Instance, examples);
        if (checkpoint.Has(PoolSizing.PartName))
        {
            _poolSize.Restore(checkpoint.OpenState(PoolSizing.PartName));
            _poolSize.Apply(_pool.Pool);
        }

        _groups?.Restore(reader, examples);
        if (_groups is not null && checkpoint.Has(FalseNegatives.PartName))
            _groups.FalseNegatives.Restore(checkpoint.OpenState(FalseNegatives.PartName));
        // A run with inline labels drops the outcomes of one with late labels.
        if (reader.ReadBoolean())
        {
            (_joiner?.Outcomes ?? new ServedOutcomes(_task, TimeProvider.System)).Restore(reader);
            (_joiner?.Weights ?? new PresumedWeights(_task, new WaitingOptions())).Restore(reader);
        }

        _heldOut.Restore(checkpoint.OpenState(RankerCapture.HeldOutPart));
        if (checkpoint.Has(IdAudit.PartName))
            _audit?.Restore(checkpoint.OpenState(IdAudit.PartName));
        if (checkpoint.Has(LabelRequests.PartName))
            _joiner?.Requests?.Restore(checkpoint.OpenState(LabelRequests.PartName));
        if (checkpoint.Has(HardnessBound.PartName))
            _savedSlack = HardnessBound.ReadSlack(checkpoint.OpenState(HardnessBound.PartName));
        _positions.Restore(from.Positions);
        saved.ForEach(_payloads.Release);
    }
}
