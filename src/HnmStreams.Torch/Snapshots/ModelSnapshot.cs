using static TorchSharp.torch;

namespace HnmStreams.Torch.Snapshots;

/// <summary>
/// The weights of one model version: immutable, reference-counted, in host memory. The one thing made of tensors
/// that may cross from one actor to another.
/// </summary>
/// <remarks>Thread-safe. Starts with one reference, its maker's; the tensors are freed with the last.</remarks>
public sealed class ModelSnapshot : IDisposable
{
    private readonly IReadOnlyDictionary<string, Tensor> _tensors;
    private int _references = 1;

    /// <param name="tensors">Parameters and buffers by name; ownership passes to the snapshot, and they must be detached from every dispose scope.</param>
    public ModelSnapshot(long version, IReadOnlyDictionary<string, Tensor> tensors)
    {
        Version = version;
        _tensors = tensors;
    }

    /// <summary>Counter of published versions; 0 is the initial model.</summary>
    public long Version { get; }

    /// <summary>The tensors; never write to them.</summary>
    /// <exception cref="ObjectDisposedException">The last reference is gone.</exception>
    public IReadOnlyDictionary<string, Tensor> Tensors
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _references) <= 0, this);
            return _tensors;
        }
    }

    /// <summary>Takes one more reference, unless the last is already gone.</summary>
    public bool TryAcquire()
    {
        var seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }

        return false;
    }

    /// <summary>One more reference, for one who holds one already.</summary>
    /// <exception cref="ObjectDisposedException">The last reference is gone.</exception>
    public ModelSnapshot Share()
    {
        ObjectDisposedException.ThrowIf(!TryAcquire(), this);
        return this;
    }

    /// <summary>Gives one reference back.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }
}
