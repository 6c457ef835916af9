using HnmStreams.Torch.Losses.Embeddings;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>
/// The newest embeddings that were trained on, with their groups: a queue of fixed length, since a model that changes
/// slowly leaves them usable for a while (Cross-Batch Memory: Wang et al., arXiv 1912.06798).
/// </summary>
/// <remarks>Owned by the learner, one thread. Its tensors live in no dispose scope. O(rows) an addition.</remarks>
internal sealed class CrossBatchMemory : IDisposable
{
    private readonly Tensor _embeddings;
    private readonly Tensor _groups;
    // Where the next goes, and how many there are: a tensor, so that they are saved with the rest.
    private readonly Tensor _place;

    public CrossBatchMemory(int rows, int width, Device device)
    {
        using var scope = NewDisposeScope();
        _embeddings = zeros(rows, width, float32, device).DetachFromDisposeScope();
        _groups = zeros(rows, int64, device).DetachFromDisposeScope();
        _place = zeros(2, int64).DetachFromDisposeScope();
    }

    /// <summary>All that a saved state holds, by name.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> State => [("embeddings", _embeddings), ("groups", _groups), ("place", _place)];

    private long Rows => _embeddings.shape[0];

    /// <summary>What is remembered, in the caller's dispose scope; null where it is nothing.</summary>
    public RememberedEmbeddings? View()
    {
        var count = _place[1].item<long>();
        return count == 0 ? null : new RememberedEmbeddings(_embeddings.narrow(0, 0, count), _groups.narrow(0, 0, count));
    }

    /// <summary>Adds a batch, over the oldest; of a batch larger than the memory its end.</summary>
    /// <param name="embeddings">[n, width].</param>
    /// <param name="groups">int64, [n].</param>
    public void Add(Tensor embeddings, Tensor groups)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var kept = Math.Min(embeddings.shape[0], Rows);
        var (next, count) = (_place[0].item<long>(), _place[1].item<long>());
        using var from = Constants.Once(next);
        using var to = Constants.Once(next + kept);
        var places = arange(from, to, Constants.One, int64, _embeddings.device).remainder(Constants.Of(Rows));
        var skipped = embeddings.shape[0] - kept;
        _embeddings.index_copy_(0, places, embeddings.detach().narrow(0, skipped, kept));
        _groups.index_copy_(0, places, groups.narrow(0, skipped, kept));
        _place[0] = tensor((next + kept) % Rows);
        _place[1] = tensor(Math.Min(Rows, count + kept));
    }

    public void Dispose()
    {
        _embeddings.Dispose();
        _groups.Dispose();
        _place.Dispose();
    }
}
