using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Torch.Learning;

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
        foreach (var part in Learner.Parts(ModelPart(Which), OptimizerPart(Which)))
            yield return part;
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
        var (counters, generator) = LearnerParts.ReadSmall(reader);
        var status = new ControlStatus(counters.Steps, reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        var seconds = reader.ReadDouble();
        if (!double.IsFinite(status.Seconds + status.FurtherSeconds + status.Granted + seconds))
            throw reader.Invalid($"a control learner with {status} and {seconds} seconds of scoring");
        var learner = LearnerParts.Read(checkpoint, counters, generator, ModelPart(which), OptimizerPart(which));
        return new ControlCapture(which, learner, status, seconds);
    }

    public void Dispose() => Learner.Dispose();

    private static string NameOf(ControlLearner which) => which == ControlLearner.Random ? "control-random" : "control-equal-compute";

    private static string SmallPart(ControlLearner which) => $"{NameOf(which)}.bin";

    private void WriteSmall(Stream stream)
    {
        var writer = new StateWriter();
        writer.Begin(Structure, 1);
        Learner.WriteSmall(writer);
        writer.WriteInt64(Status.Backpropagated);
        writer.WriteDouble(Status.Seconds);
        writer.WriteDouble(Status.FurtherSeconds);
        writer.WriteDouble(Status.Granted);
        writer.WriteDouble(ScoringSeconds);
        stream.Write(StateFrame.Close(writer));
    }
}
