using System.Text.Json;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>The content of a checkpoint's manifest with a valid checksum. It is read or refused with a reason, and what is read is valid.</summary>
internal sealed class ManifestTarget(string name) : FuzzTarget(name)
{
    private const long MaxPartBytes = 1 << 20;
    private static readonly CheckpointId Id = new(1, 1);

    public override IEnumerable<byte[]> Seeds()
    {
        var manifest = new CheckpointManifest(
            CheckpointManifest.CurrentFormat,
            Id.Epoch,
            Id.Sequence,
            DateTimeOffset.UnixEpoch,
            10,
            [new("cluster", "numbers", "topic-id", 0, 100), new("cluster", "numbers", "topic-id", 1, 7)],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = "images" },
            [new("pool.bin", 301, "00112233445566ff"), new("empty", 0, "00112233445566ff")]);
        yield return JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.CheckpointManifest);
    }

    public override void Run(byte[] input)
    {
        try
        {
            var manifest = CheckpointManifest.FromFile(SealedJson.Seal(input), Id, MaxPartBytes);
            FuzzCheck.Holds(manifest.Id == Id, input);
            // What was read can be written and read again.
            FuzzCheck.Holds(CheckpointManifest.FromFile(manifest.ToFile(), Id, MaxPartBytes).Bytes == manifest.Bytes, input);
        }
        catch (Exception e) when (e is InvalidDataException or CheckpointFormatException)
        {
            FuzzCheck.Holds(e.Message.Length > 0, input);
        }
    }
}
