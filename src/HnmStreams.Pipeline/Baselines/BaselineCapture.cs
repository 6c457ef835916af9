using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>A copy of the state of a baseline between two steps, written into or read from a checkpoint.</summary>
/// <param name="ScoringSeconds">Seconds of scoring so far.</param>
internal sealed record BaselineCapture(Baseline Which, LearnerState Learner, BaselineStatus Status, double ScoringSeconds) : IStateCapture
{
    private const string Structure = "baseline";

    /// <summary>Returns the name of the part with the weights.</summary>
    public static string ModelPart(Baseline which) => $"{NameOf(which)}-model.safetensors";

    /// <summary>Returns the name of the part with the state of the optimizer.</summary>
    public static string OptimizerPart(Baseline which) => $"{NameOf(which)}-optimizer.safetensors";

    public string Name => NameOf(Which);

    public IEnumerable<CheckpointPart> Parts()
    {
        foreach (var part in Learner.Parts(ModelPart(Which), OptimizerPart(Which)))
            yield return part;
        yield return new CheckpointPart(SmallPart(Which), WriteSmall);
    }

    /// <summary>Returns true if a checkpoint was made with baselines.</summary>
    public static bool IsIn(LoadedCheckpoint checkpoint) => checkpoint.Has(SmallPart(Baseline.Random)) && checkpoint.Has(SmallPart(Baseline.RandomEqualCompute));

    /// <summary>Reads the state of a baseline; null if the checkpoint was made without baselines.</summary>
    /// <exception cref="InvalidDataException">The state is not that of such a learner.</exception>
    public static BaselineCapture? Read(LoadedCheckpoint checkpoint, Baseline which)
    {
        if (!IsIn(checkpoint))
            return null;
        var reader = checkpoint.OpenState(SmallPart(which));
        reader.Expect(Structure, 1);
        var (counters, generator) = LearnerStateParts.ReadSmall(reader);
        var status = new BaselineStatus(counters.Steps, reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        var seconds = reader.ReadDouble();
        if (!double.IsFinite(status.Seconds + status.ExtraSeconds + status.Granted + seconds))
            throw reader.Invalid($"a baseline with {status} and {seconds} seconds of scoring");
        var learner = LearnerStateParts.Read(checkpoint, counters, generator, ModelPart(which), OptimizerPart(which));
        return new BaselineCapture(which, learner, status, seconds);
    }

    public void Dispose() => Learner.Dispose();

    private static string NameOf(Baseline which) => which == Baseline.Random ? "baseline-random" : "baseline-equal-compute";

    private static string SmallPart(Baseline which) => $"{NameOf(which)}.bin";

    private void WriteSmall(Stream stream)
    {
        var writer = new StateWriter();
        writer.Begin(Structure, 1);
        Learner.WriteSmall(writer);
        writer.WriteInt64(Status.TrainedRows);
        writer.WriteDouble(Status.Seconds);
        writer.WriteDouble(Status.ExtraSeconds);
        writer.WriteDouble(Status.Granted);
        writer.WriteDouble(ScoringSeconds);
        stream.Write(StateFrame.Close(writer));
    }
}
