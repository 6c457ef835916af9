using HnmStreams.Torch.Losses.Embeddings;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>
/// A queue of fixed length with the newest embeddings that were trained on and their groups. A model that changes
/// slowly keeps them usable for some steps (Cross-Batch Memory: Wang et al., arXiv 1912.06798).
/// </summary>
/// <remarks>Owned by the learner; one thread. Its tensors belong to no dispose scope. An addition costs O(rows).</remarks>
internal sealed class CrossBatchMemory : IDisposable
{
    private readonly Tensor _embeddings;
    // Has more than one column only after a row with several groups was added.
    private Tensor _groups;
    // The index of the next row and the number of rows: a tensor, so that it is saved with the others. The names in
    // State are part of the checkpoint format.
    private readonly Tensor _cursor;

    public CrossBatchMemory(int rows, int width, Device device)
    {
        using var scope = NewDisposeScope();
        _embeddings = zeros(rows, width, float32, device).DetachFromDisposeScope();
        _groups = zeros(rows, int64, device).DetachFromDisposeScope();
        _cursor = zeros(2, int64).DetachFromDisposeScope();
    }

    /// <summary>The tensors of a saved state, by name.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> State => [("embeddings", _embeddings), ("groups", _groups), ("place", _cursor)];

    private long Rows => _embeddings.shape[0];

    /// <summary>Returns the remembered embeddings as views in the caller's dispose scope, or null if there are none.</summary>
    public RememberedEmbeddings? View()
    {
        var count = _cursor[1].item<long>();
        return count == 0 ? null : new RememberedEmbeddings(_embeddings.narrow(0, 0, count), _groups.narrow(0, 0, count));
    }

    /// <summary>Adds a batch, replacing the oldest rows. Of a batch larger than the memory, the last rows are added.</summary>
    /// <param name="embeddings">[n, width].</param>
    /// <param name="groups">The groups of each; see <see cref="GroupTargets"/>.</param>
    public void Add(Tensor embeddings, Tensor groups)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var columns = GroupTargets.Columns(groups);
        if (columns > GroupTargets.Columns(_groups))
            SetGroups(GroupTargets.Widened(_groups, columns));
        var added = Math.Min(embeddings.shape[0], Rows);
        var (next, count) = (_cursor[0].item<long>(), _cursor[1].item<long>());
        using var from = Constants.Once(next);
        using var to = Constants.Once(next + added);
        var indices = arange(from, to, Constants.One, int64, _embeddings.device).remainder(Constants.Of(Rows));
        var skipped = embeddings.shape[0] - added;
        _embeddings.index_copy_(0, indices, embeddings.detach().narrow(0, skipped, added));
        _groups.index_copy_(0, indices, GroupTargets.Widened(groups, GroupTargets.Columns(_groups)).narrow(0, skipped, added));
        _cursor[0] = tensor((next + added) % Rows);
        _cursor[1] = tensor(Math.Min(Rows, count + added));
    }

    /// <summary>Returns true if a saved memory has this one's size. The number of groups per row may differ.</summary>
    /// <param name="saved">The saved tensors by name.</param>
    public bool Fits(IReadOnlyDictionary<string, Tensor> saved) =>
        saved.TryGetValue("groups", out var groups) && (groups.dim() == 1 || (groups.dim() == 2 && groups.shape[1] > 1)) && groups.shape[0] == Rows
        && NetworkFactory.Fits([("embeddings", _embeddings), ("groups", groups), ("place", _cursor)], saved);

    /// <summary>Replaces the content by a saved one that fits.</summary>
    /// <param name="saved">The saved tensors by name.</param>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        SetGroups(zeros(saved["groups"].shape, int64, _embeddings.device));
        NetworkFactory.Load(State, saved);
    }

    public void Dispose()
    {
        _embeddings.Dispose();
        _groups.Dispose();
        _cursor.Dispose();
    }

    private void SetGroups(Tensor groups)
    {
        _groups.Dispose();
        _groups = groups.DetachFromDisposeScope();
    }
}
