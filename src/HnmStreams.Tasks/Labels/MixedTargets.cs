using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Losses;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Labels;

/// <summary>The targets of mixed examples (mixup, arXiv 1710.09412): both labels, and the share of the own one. The loss is mixed as the examples are.</summary>
internal static class MixedTargets
{
    private const int Columns = 3;

    /// <returns>float32 [n, 3]: the own label, the partner's, and the share of the own one.</returns>
    public static Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, ReadOnlySpan<(int Partner, float OwnShare)> pairs)
    {
        var targets = empty(indices.Length, Columns, float32);
        var values = MemoryMarshal.Cast<byte, float>(targets.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            var row = values.Slice(i * Columns, Columns);
            (row[0], row[1], row[2]) = (rows.Labels[indices[i]], rows.Labels[indices[pairs[i].Partner]], pairs[i].OwnShare);
        }

        return targets;
    }

    /// <summary>Returns true if the targets are those of <see cref="Collate"/>.</summary>
    public static bool Are(Tensor targets) => targets.dtype == ScalarType.Float32 && targets.dim() == 2;

    /// <summary>Returns the mixed loss per example, [n].</summary>
    public static Tensor Loss(IExampleLoss loss, Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var own = loss.PerExample(outputs, targets.select(1, 0).to(ScalarType.Int64));
        var other = loss.PerExample(outputs, targets.select(1, 1).to(ScalarType.Int64));
        var share = targets.select(1, 2);
        return own.mul(share).add(other.mul(share.neg().add(Constants.One, Constants.One)), Constants.One).MoveToOuterDisposeScope();
    }
}
