using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Cluster.Learning;

/// <summary>The learner's weights as safetensors, written once per version however many nodes load them.</summary>
/// <remarks>Thread-safe. Holds the bytes of one version.</remarks>
internal sealed class PublishedWeights(SnapshotPublisher newest, VersionSchedule? versions)
{
    private readonly Lock _gate = new();
    private (long Version, ReadOnlyMemory<byte> Safetensors)? _written;

    public long NewestVersion => newest.Version;

    /// <inheritdoc cref="LearnerEdge.WeightsAsync"/>
    public async Task<(long Version, ReadOnlyMemory<byte> Safetensors)> ReadAsync(long? batch)
    {
        using var snapshot = batch is { } number && versions is not null ? await versions.ForBatchAsync(number) : newest.Acquire();
        lock (_gate)
        {
            if (_written is not { } written || written.Version != snapshot.Version)
            {
                using var bytes = new MemoryStream();
                SafetensorsFile.Write(bytes, snapshot.Tensors);
                _written = written = (snapshot.Version, bytes.ToArray());
            }

            return written;
        }
    }
}
