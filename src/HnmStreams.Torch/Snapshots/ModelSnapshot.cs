using static TorchSharp.torch;

namespace HnmStreams.Torch.Snapshots;

/// <summary>
/// The weights of one model version: immutable, reference-counted, in host memory. The only tensors that may pass
/// from one actor to another.
/// </summary>
/// <remarks>Thread-safe. Starts with one reference, which the creator owns. The tensors are freed with the last reference.</remarks>
public sealed class ModelSnapshot : IDisposable
{
    private readonly IReadOnlyDictionary<string, Tensor> _tensors;
    private int _references = 1;

    /// <param name="tensors">Parameters and buffers by name. The snapshot takes ownership; they must be detached from every dispose scope.</param>
    public ModelSnapshot(long version, IReadOnlyDictionary<string, Tensor> tensors)
    {
        Version = version;
        _tensors = tensors;
    }

    /// <summary>The number of the published version; 0 is the initial model.</summary>
    public long Version { get; }

    /// <summary>The tensors, which must not be written to.</summary>
    /// <exception cref="ObjectDisposedException">The last reference is released.</exception>
    public IReadOnlyDictionary<string, Tensor> Tensors
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _references) <= 0, this);
            return _tensors;
        }
    }

    /// <summary>Adds a reference, unless the last one is already released.</summary>
    public bool TryAcquire()
    {
        var references = Volatile.Read(ref _references);
        while (references > 0)
        {
            var before = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (before == references)
                return true;
            references = before;
        }

        return false;
    }

    /// <summary>Adds a reference. The caller must already own one.</summary>
    /// <exception cref="ObjectDisposedException">The last reference is released.</exception>
    public ModelSnapshot Share()
    {
        ObjectDisposedException.ThrowIf(!TryAcquire(), this);
        return this;
    }

    /// <summary>Releases one reference.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }
}
