using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Control;

/// <summary>A control learner's state between two steps, as copies: to be written into a checkpoint, or read from one.</summary>
/// <param name="ScoringSeconds">Seconds of scoring so far.</param>
internal sealed record ControlCapture(ControlLearner Which, LearnerState Learner, ControlStatus Status, double ScoringSeconds) : IDisposable
{
    private const string Structure = "control learner";

    /// <summary>The weights' part of a checkpoint.</summary>
    public static string ModelPart(ControlLearner which) => $"{NameOf(which)}-model.safetensors";

    /// <summary>The part with all that the optimizer remembers.</summary>
    public static string OptimizerPart(ControlLearner which) => $"{NameOf(which)}-optimizer.safetensors";

    public IEnumerable<CheckpointPart> Parts()
    {
        yield return new CheckpointPart(ModelPart(Which), stream => SafetensorsFile.Write(stream, Learner.Weights));
        yield return new CheckpointPart(OptimizerPart(Which), stream => SafetensorsFile.Write(stream, Learner.Others));
        yield return new CheckpointPart(SmallPart(Which), WriteSmall);
    }

    /// <summary>Whether a checkpoint was made with control learners.</summary>
    public static bool IsIn(LoadedCheckpoint checkpoint) => checkpoint.Has(SmallPart(ControlLearner.Random)) && checkpoint.Has(SmallPart(ControlLearner.RandomEqualCompute));

    /// <returns>Null where the checkpoint was made without control learners.</returns>
    /// <exception cref="InvalidDataException">The checkpoint's are not such learners.</exception>
    public static ControlCapture? Read(LoadedCheckpoint checkpoint, ControlLearner which)
    {
        if (!IsIn(checkpoint))
            return null;
        var reader = checkpoint.OpenState(SmallPart(which));
        reader.Expect(Structure, 1);
        var counters = new LearnerCounters(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        var generator = reader.ReadArray<byte>();
        var status = new ControlStatus(counters.Steps, reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        var seconds = reader.ReadDouble();
        if (!double.IsFinite(status.Seconds + status.FurtherSeconds + status.Granted + seconds))
            throw reader.Invalid($"a control learner with {status} and {seconds} seconds of scoring");
        var learner = LearnerState.Of(counters, Tensors(checkpoint, ModelPart(which)), Tensors(checkpoint, OptimizerPart(which)), generator);
        return new ControlCapture(which, learner, status, seconds);
    }

    public void Dispose() => Learner.Dispose();

    private static string NameOf(ControlLearner which) => which == ControlLearner.Random ? "control-random" : "control-equal-compute";

    private static string SmallPart(ControlLearner which) => $"{NameOf(which)}.bin";

    private static IReadOnlyDictionary<string, Tensor> Tensors(LoadedCheckpoint checkpoint, string part)
    {
        using var stream = checkpoint.OpenPart(part);
        return SafetensorsFile.Read(stream);
    }

    private void WriteSmall(Stream stream)
    {
        var writer = new StateWriter();
        writer.Begin(Structure, 1);
        var counters = Learner.Counters;
        foreach (var count in (ReadOnlySpan<long>)[counters.Steps, counters.RefusedSteps, counters.Version, counters.OptimizerSteps, counters.AveragedSteps])
            writer.WriteInt64(count);
        writer.WriteArray(Learner.Generator.Span);
        writer.WriteInt64(Status.Backpropagated);
        writer.WriteDouble(Status.Seconds);
        writer.WriteDouble(Status.FurtherSeconds);
        writer.WriteDouble(Status.Granted);
        writer.WriteDouble(ScoringSeconds);
        stream.Write(StateFrame.Close(writer));
    }
}
