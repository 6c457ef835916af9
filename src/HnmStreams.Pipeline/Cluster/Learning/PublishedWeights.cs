using System.Text.Json;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Cluster.Learning;

/// <summary>The learner's weights as safetensors, written once per version however many nodes load them.</summary>
/// <remarks>Thread-safe. Holds the bytes of the newest version that was asked for, and of the promoted one.</remarks>
internal sealed class PublishedWeights(SnapshotPublisher newest, VersionSchedule? versions, ModelRegistry promoted)
{
    private readonly Lock _gate = new();
    private (long Version, ReadOnlyMemory<byte> Safetensors)? _written;
    private (long Version, ReadOnlyMemory<byte> Safetensors)? _writtenPromoted;

    public long NewestVersion => newest.Version;

    /// <summary>The promoted version; -1 before the first promotion.</summary>
    public long PromotedVersion
    {
        get
        {
            using var model = promoted.AcquirePromoted();
            return model?.Snapshot.Version ?? -1;
        }
    }

    /// <inheritdoc cref="LearnerEdge.PromotedWeights"/>
    public (long Version, ReadOnlyMemory<byte> Safetensors, string Card)? ReadPromoted()
    {
        using var model = promoted.AcquirePromoted();
        if (model is null)
            return null;
        lock (_gate)
        {
            if (_writtenPromoted is not { } written || written.Version != model.Snapshot.Version)
                _writtenPromoted = written = (model.Snapshot.Version, Write(model.Snapshot));
            // A node needs what a prediction depends on.
            var card = model.Card with { HeldOut = new Dictionary<string, double>(StringComparer.Ordinal), Positions = [], Promotion = null };
            return (written.Version, written.Safetensors, JsonSerializer.Serialize(card));
        }
    }

    private static byte[] Write(ModelSnapshot snapshot)
    {
        using var bytes = new MemoryStream();
        SafetensorsFile.Write(bytes, snapshot.Tensors);
        return bytes.ToArray();
    }

    /// <inheritdoc cref="LearnerEdge.WeightsAsync"/>
    public async Task<(long Version, ReadOnlyMemory<byte> Safetensors)> ReadAsync(long? batch)
    {
        using var snapshot = batch is { } number && versions is not null ? await versions.ForBatchAsync(number) : newest.Acquire();
        lock (_gate)
        {
            if (_written is not { } written || written.Version != snapshot.Version)
                _written = written = (snapshot.Version, Write(snapshot));

            return written;
        }
    }
}
