using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Snapshots;
using TorchSharp;

namespace HnmStreams.Pipeline.Tests.Publishing;

public sealed class SnapshotPublisherTests
{
    static SnapshotPublisherTests() => TorchLibrary.EnsureLoaded();

    [Fact]
    public void A_snapshot_is_freed_with_its_last_reference()
    {
        var first = Snapshot(0);
        using var publisher = new SnapshotPublisher(first);
        var held = publisher.Acquire();
        publisher.Publish(Snapshot(1));

        Assert.Equal(1, publisher.Version);
        Assert.Equal(0f, held.Tensors["w"].item<float>());
        held.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Tensors);
    }

    [Fact]
    public void Rejects_a_version_that_is_not_newer()
    {
        using var publisher = new SnapshotPublisher(Snapshot(3));
        using var older = Snapshot(3);
        Assert.Throws<ArgumentException>(() => publisher.Publish(older));
    }

    private static ModelSnapshot Snapshot(long version) =>
        new(version, new Dictionary<string, torch.Tensor> { ["w"] = torch.tensor((float)version).DetachFromDisposeScope() });
}
