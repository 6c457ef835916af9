using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.RateLimiting;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>How the state goes into a checkpoint and comes out of one.</summary>
internal sealed partial class Ranker
{
    private const string Structure = "ranking";

    /// <summary>All of this at this moment, for a checkpoint. O(reservoirs + pool's index).</summary>
    /// <param name="release">Takes the number of the pin when the capture is written, on any thread; it must call <see cref="Release"/> with it on the owner's thread.</param>
    public RankerCapture Capture(Action<long> release)
    {
        var examples = new ExampleTable();
        var writer = new StateWriter();
        writer.Begin(Structure, 4);
        foreach (var count in (ReadOnlySpan<long>)[_consumed, _scored, _heldOutSeen, _deadLettered, _failedBatches, _forgotten, _repeats, _modelVersion, _chance.NextCheck])
            writer.WriteInt64(count);
        writer.WriteBoolean(_chance.IsOpen);
        writer.WriteInt64(_cutter.Cuts);
        Xoshiro256StarStar.Restore(_cutter.Generator).Save(writer);
        _draws.Save(writer);
        _randomDraws.Save(writer);
        _furtherDraws.Save(writer);
        writer.WriteInt64(_paysFrom);
        writer.WriteInt64(_further);
        var cost = _budget.State;
        writer.WriteDouble(cost.Candidates);
        writer.WriteInt32(cost.Seen);
        writer.WriteInt32(cost.Rest);
        writer.WriteDouble(cost.AtChange);
        var easing = _budget.OverfittingGuard;
        writer.WriteInt32(easing.Eased);
        writer.WriteInt32(easing.Seen);
        writer.WriteInt32(easing.Rest);
        _limiter.Save().Write(writer);
        _prequential.Save(writer);
        _positives.Save(writer, CandidateKeyCodec.Instance, examples);
        _negatives.Save(writer, CandidateKeyCodec.Instance, examples);
        writer.WriteInt32(_fresh.Count);
        foreach (var example in _fresh.Waiting)
            examples.Write(writer, example);
        _pool.SaveFilters(writer, CandidateKeyCodec.Instance, examples);
        _groups?.Save(writer, examples);
        return new RankerCapture(
            _payloads, examples, writer, _pool.Pool.Snapshot(), _heldOut.Capture(), _account?.Capture(), _positions.Snapshot(), release);
    }

    /// <summary>Only for a new one: goes on where the checkpoint stands. What no longer fits, since bounds became smaller, leaves.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is not of such a learner.</exception>
    public void Restore(ResumePoint from)
    {
        var checkpoint = from.Checkpoint;
        List<StoredExample> saved;
        using (var stream = checkpoint.OpenPart(RankerCapture.ExamplesPart))
            saved = ExamplesFile.Read(stream, _payloads);
        // Held until all is restored: what leaves one place may still be wanted by another.
        saved.ForEach(e => e.Holders++);
        var examples = new ExampleTable(saved);
        var reader = checkpoint.OpenState(RankerCapture.SmallPart);
        var version = reader.Expect(Structure, 4);
        (_consumed, _scored, _heldOutSeen, _deadLettered, _failedBatches) =
            (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        (_forgotten, _repeats, _modelVersion) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        Inspection.ModelVersion = _modelVersion;
        _chance.Restore(reader.ReadInt64(), reader.ReadBoolean());
        _cutter = new BatcherState(reader.ReadInt64(), reader.ReadGenerator().Save());
        _draws.Load(reader.ReadGenerator().Save());
        RestoreBaselines(reader, version, checkpoint);
        var limiter = reader.ReadLimiter();
        _limiter = _settings.IsExact ? RatioLimiter.Restore(_settings.Limiter, limiter) : StepLimiter.Restore(_settings.Limiter, limiter);
        _prequential.Restore(reader);
        _positives.Restore(reader, CandidateKeyCodec.Instance, examples);
        _negatives.Restore(reader, CandidateKeyCodec.Instance, examples);
        for (var left = reader.ReadCount(sizeof(int)); left > 0; left--)
            _fresh.Restore(examples.Read(reader));
        _pool.Restore(checkpoint.OpenState(RankerCapture.PoolPart), reader, ExampleKeyCodec.Instance, CandidateKeyCodec.Instance, examples);
        _groups?.Restore(reader, examples);
        _heldOut.Restore(checkpoint.OpenState(RankerCapture.HeldOutPart));
        if (checkpoint.Has(IdAudit.PartName))
            _account?.Restore(checkpoint.OpenState(IdAudit.PartName));
        _positions.Restore(from.Positions);
        saved.ForEach(_payloads.Release);
    }

    private void RestoreBaselines(StateReader reader, int version, LoadedCheckpoint checkpoint)
    {
        if (version >= 2)
        {
            _randomDraws.Load(reader.ReadGenerator().Save());
            _furtherDraws.Load(reader.ReadGenerator().Save());
            (_paysFrom, _further) = (reader.ReadInt64(), reader.ReadInt64());
        }

        if (version >= 3)
        {
            var cost = new BudgetState(reader.ReadDouble(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble());
            var easing = version >= 4 ? new OverfittingGuardState(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32()) : OverfittingGuardState.Initial;
            if (!(cost is { Candidates: >= 0 and < 1e9, Seen: >= 0, Rest: >= 0 } && easing.IsValid))
                throw reader.Invalid($"a controller with {cost} and {easing}");
            _budget.Restore(cost, easing);
            _budget.Note(_chance.IsOpen);
        }
    }

    /// <summary>Begins the baselines at the present state, if there are any: they owe nothing for what was scored before them.</summary>
    public void BeginBaselines()
    {
        if (_settings.HasBaselines)
            (_paysFrom, _further) = (_scored, 0);
    }
}
