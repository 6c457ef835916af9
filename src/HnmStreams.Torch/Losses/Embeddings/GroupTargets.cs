using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Losses.Embeddings;

/// <summary>
/// The groups of rows as a tensor of int64: [n] if each row has one group, otherwise [n, k] with the row's group in the
/// first column, its further groups in the next ones, and <see cref="None"/> in the rest.
/// </summary>
public static class GroupTargets
{
    /// <summary>The value that fills the columns of a row with fewer groups. Groups are 0 or more.</summary>
    public const long None = -1;

    /// <summary>
    /// Returns for each pair of a row and a partner if they share a group, bool, [n, m]. A document that is relevant to two queries
    /// shares a group with both, so that it is a negative of neither. O(n m) per pair of columns.
    /// </summary>
    /// <param name="groups">The groups of the rows.</param>
    /// <param name="partners">The groups of the partners, on the same device.</param>
    /// <remarks>The result belongs to the caller's dispose scope.</remarks>
    public static Tensor Shared(Tensor groups, Tensor partners)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(partners);
        if (groups.dim() == 1 && partners.dim() == 1)
            return Equal(groups, partners);
        using var scope = NewDisposeScope();
        Tensor? shared = null;
        for (var own = 0L; own < Columns(groups); own++)
        {
            var column = Column(groups, own);
            // Only the rows' side: then two missing groups are never equal.
            var filled = column.ge(Constants.Zero).unsqueeze(1);
            for (var other = 0L; other < Columns(partners); other++)
            {
                var equal = Equal(column, Column(partners, other)).logical_and(filled);
                shared = shared is null ? equal : shared.logical_or(equal);
            }
        }

        return shared!.MoveToOuterDisposeScope();
    }

    /// <summary>Returns the groups of two lists of rows, one after the other. The result belongs to the caller's dispose scope.</summary>
    public static Tensor Concatenated(Tensor first, Tensor second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var columns = Math.Max(Columns(first), Columns(second));
        return cat([Widened(first, columns), Widened(second, columns)], 0);
    }

    /// <summary>Returns the groups with more columns; the same tensor if it has as many already.</summary>
    internal static Tensor Widened(Tensor groups, long columns)
    {
        if (columns == Columns(groups))
            return groups;
        var rows = groups.dim() == 1 ? groups.unsqueeze(1) : groups;
        return cat([rows, full(rows.shape[0], columns - rows.shape[1], Constants.Of(None), int64, groups.device)], 1);
    }

    internal static long Columns(Tensor groups) => groups.dim() == 1 ? 1 : groups.shape[1];

    private static Tensor Column(Tensor groups, long index) => groups.dim() == 1 ? groups : groups.select(1, index);

    private static Tensor Equal(Tensor groups, Tensor partners) => groups.unsqueeze(1).eq(partners.unsqueeze(0));
}
