using System.Globalization;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Training;

/// <summary>A copy of the trainer's state between two steps, written to a checkpoint or read from one.</summary>
/// <param name="AppliedSincePublish">Steps applied since the last published version.</param>
/// <param name="Versions">Published weights that are still needed; the capture holds one reference to each.</param>
/// <param name="Pending">In exact mode, rounds whose feedback the ranking stage has not applied yet.</param>
internal sealed record TrainerCapture(
    LearnerState Learner,
    TrainerStatus Status,
    int AppliedSincePublish,
    IReadOnlyList<PublishedVersion> Versions,
    IReadOnlyList<TrainedRound> Pending) : IStateCapture
{
    /// <summary>The weights under the network's parameter names, readable by any safetensors reader.</summary>
    public const string ModelPart = "model.safetensors";
    private const string OptimizerPart = "optimizer.safetensors";
    private const string SmallPart = "trainer.bin";
    private const string Structure = "trainer";

    public string Name => Structure;

    public long? ModelVersion => Learner.Counters.Version;

    public IEnumerable<CheckpointPart> Parts()
    {
        foreach (var part in Learner.Parts(ModelPart, OptimizerPart))
            yield return part;
        foreach (var version in Versions.DistinctBy(v => v.Snapshot.Version))
            yield return new CheckpointPart(NameOf(version.Snapshot.Version), stream => SafetensorsFile.Write(stream, version.Snapshot.Tensors));
        yield return new CheckpointPart(SmallPart, WriteSmall);
    }

    /// <exception cref="InvalidDataException">The checkpoint was not written by a learner with this structure.</exception>
    public static TrainerCapture Read(LoadedCheckpoint checkpoint)
    {
        var reader = checkpoint.OpenState(SmallPart);
        reader.Expect(Structure, 2);
        var (counters, generator) = LearnerStateParts.ReadSmall(reader);
        var status = new TrainerStatus(
            counters.Steps, counters.RefusedSteps, reader.ReadInt64(), counters.Version, reader.ReadDouble() is var loss && double.IsFinite(loss) ? loss : null, reader.ReadDouble());
        var applied = reader.ReadInt32();
        var pending = new TrainedRound[reader.ReadCount(sizeof(long) + sizeof(int))];
        for (var i = 0; i < pending.Length; i++)
            pending[i] = ReadRound(reader);
        var versions = ReadVersions(reader, checkpoint);
        var learner = LearnerStateParts.Read(checkpoint, counters, generator, ModelPart, OptimizerPart);
        return new TrainerCapture(learner, status, applied, versions, pending);
    }

    public void Dispose()
    {
        Learner.Dispose();
        foreach (var version in Versions)
            version.Snapshot.Dispose();
    }

    private static string NameOf(long version) => string.Create(CultureInfo.InvariantCulture, $"version-{version}.safetensors");

    private static PublishedVersion[] ReadVersions(StateReader reader, LoadedCheckpoint checkpoint)
    {
        var versions = new PublishedVersion[reader.ReadCount(2 * sizeof(long))];
        var read = new Dictionary<long, ModelSnapshot>();
        for (var i = 0; i < versions.Length; i++)
        {
            var (batch, number) = (reader.ReadInt64(), reader.ReadInt64());
            if (read.TryGetValue(number, out var snapshot))
                snapshot.TryAcquire();
            else
                read.Add(number, snapshot = new ModelSnapshot(number, LearnerStateParts.ReadTensors(checkpoint, NameOf(number))));
            versions[i] = new PublishedVersion(batch, snapshot);
        }

        return versions.Length > 0 ? versions : throw reader.Invalid("no published version");
    }

    private static TrainedRound ReadRound(StateReader reader)
    {
        var number = reader.ReadInt64();
        var steps = new StepFeedback[reader.ReadCount(sizeof(long) + (2 * sizeof(int)))];
        for (var i = 0; i < steps.Length; i++)
        {
            var version = reader.ReadInt64();
            var keys = new CandidateKey[reader.ReadCount(20)];
            for (var k = 0; k < keys.Length; k++)
                keys[k] = CandidateKeyCodec.Instance.Read(reader);
            steps[i] = new StepFeedback(keys, reader.ReadArray<float>(), version, reader.ReadArray<float>());
        }

        return new TrainedRound(number, steps);
    }

    private void WriteSmall(Stream stream)
    {
        var writer = new StateWriter();
        writer.Begin(Structure, 2);
        Learner.WriteSmall(writer);
        writer.WriteInt64(Status.TrainedRows);
        writer.WriteDouble(Status.Loss ?? double.NaN);
        writer.WriteDouble(Status.Seconds);
        writer.WriteInt32(AppliedSincePublish);
        writer.WriteInt32(Pending.Count);
        foreach (var round in Pending)
            WriteRound(writer, round);
        writer.WriteInt32(Versions.Count);
        foreach (var (batch, snapshot) in Versions)
        {
            writer.WriteInt64(batch);
            writer.WriteInt64(snapshot.Version);
        }

        stream.Write(StateFrame.Close(writer));
    }

    private static void WriteRound(StateWriter writer, TrainedRound round)
    {
        writer.WriteInt64(round.Number);
        writer.WriteInt32(round.Steps.Count);
        foreach (var step in round.Steps)
        {
            writer.WriteInt64(step.ModelVersion);
            writer.WriteInt32(step.Keys.Count);
            foreach (var key in step.Keys)
                CandidateKeyCodec.Instance.Write(writer, key);
            writer.WriteArray<float>(step.Hardness);
            writer.WriteArray<float>(step.Embeddings);
        }
    }
}
