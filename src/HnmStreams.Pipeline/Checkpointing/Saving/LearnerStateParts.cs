using HnmStreams.Mining.Persistence;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Checkpointing.Saving;

/// <summary>The state of a learner in a checkpoint: weights, other tensors, and counters. The same for every learner.</summary>
internal static class LearnerStateParts
{
    public static IEnumerable<CheckpointPart> Parts(this LearnerState learner, string modelPart, string optimizerPart)
    {
        yield return new CheckpointPart(modelPart, stream => SafetensorsFile.Write(stream, learner.Weights));
        yield return new CheckpointPart(optimizerPart, stream => SafetensorsFile.Write(stream, learner.Others));
    }

    /// <summary>Writes the counters and torch's generator.</summary>
    public static void WriteSmall(this LearnerState learner, StateWriter writer)
    {
        var counters = learner.Counters;
        foreach (var count in (ReadOnlySpan<long>)[counters.Steps, counters.RefusedSteps, counters.Version, counters.OptimizerSteps, counters.AveragedSteps])
            writer.WriteInt64(count);
        writer.WriteArray(learner.Generator.Span);
    }

    public static (LearnerCounters Counters, byte[] Generator) ReadSmall(StateReader reader) =>
        (new LearnerCounters(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64()), reader.ReadArray<byte>());

    public static LearnerState Read(LoadedCheckpoint checkpoint, LearnerCounters counters, byte[] generator, string modelPart, string optimizerPart) =>
        LearnerState.Of(counters, ReadTensors(checkpoint, modelPart), ReadTensors(checkpoint, optimizerPart), generator);

    /// <summary>Reads the tensors of a part. The caller disposes them.</summary>
    public static IReadOnlyDictionary<string, Tensor> ReadTensors(LoadedCheckpoint checkpoint, string part)
    {
        using var stream = checkpoint.OpenPart(part);
        return SafetensorsFile.Read(stream);
    }
}
