using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.LinearAlgebra;

namespace HnmStreams.Torch.Tests.LinearAlgebra;

public sealed class BlockedMatrixProductTests
{
    [Fact]
    public void Each_tile_contains_the_products_of_its_rows_regardless_of_earlier_content()
    {
        using var tiles = new BlockedMatrixProduct(5, 7, 3, 2);
        for (var i = 0; i < tiles.Queries.Length; i++)
            tiles.Queries[i] = (i % 5) - 2;
        for (var i = 0; i < tiles.Candidates.Length; i++)
            tiles.Candidates[i] = (i % 7) - 3;
        foreach (var (first, rows, candidates) in new[] { (0, 2, 7), (2, 2, 4), (4, 1, 7), (1, 2, 1) })
        {
            var scores = tiles.Multiply(first, rows, candidates);
            Assert.Equal(rows * candidates, scores.Length);
            for (var i = 0; i < scores.Length; i++)
                Assert.Equal(Dot(tiles, first + (i / candidates), i % candidates), scores[i]);
        }
    }

    [Fact]
    public void Leaks_no_tensor()
    {
        using var tiles = new BlockedMatrixProduct(4, 4, 4, 4);
        _ = tiles.Multiply(0, 4, 4);
        var before = LiveTensors.Settled();
        _ = tiles.Multiply(0, 4, 4);
        LiveTensors.AssertAtMost(before);
    }

    [Fact]
    public void Rejects_indices_out_of_range()
    {
        using var tiles = new BlockedMatrixProduct(4, 4, 2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => tiles.Multiply(2, 3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => tiles.Multiply(0, 4, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => tiles.Multiply(0, 1, 5));
    }

    private static float Dot(BlockedMatrixProduct tiles, int query, int candidate)
    {
        var sum = 0f;
        for (var i = 0; i < tiles.Width; i++)
            sum += tiles.Queries[(query * tiles.Width) + i] * tiles.Candidates[(candidate * tiles.Width) + i];
        return sum;
    }
}
