using HnmStreams.Torch.Native;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Snapshots;

public sealed class ModelSnapshotTests
{
    public ModelSnapshotTests() => TorchLibrary.EnsureLoaded();

    [Fact]
    public void Tensors_exist_until_the_last_reference_is_released()
    {
        var tensor = ones(2);
        var snapshot = new ModelSnapshot(3, new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["w"] = tensor });
        Assert.True(snapshot.TryAcquire());
        snapshot.Dispose();
        Assert.Equal(2f, snapshot.Tensors["w"].sum().item<float>());
        snapshot.Dispose();
        Assert.True(tensor.IsInvalid);
        Assert.False(snapshot.TryAcquire());
        Assert.Throws<ObjectDisposedException>(() => snapshot.Tensors);
    }

    [Fact]
    public void References_are_counted_correctly_by_many_threads()
    {
        var tensor = ones(2);
        var snapshot = new ModelSnapshot(0, new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["w"] = tensor });
        Parallel.For(0, 10_000, _ =>
        {
            Assert.True(snapshot.TryAcquire());
            snapshot.Dispose();
        });
        Assert.False(tensor.IsInvalid);
        snapshot.Dispose();
        Assert.True(tensor.IsInvalid);
    }
}
