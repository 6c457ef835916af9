using CsCheck;
using HnmStreams.Torch.Learning.Passes;

namespace HnmStreams.Torch.Tests.Learning.Passes;

public sealed class BatchPartsTests
{
    [Fact]
    public void The_parts_cover_the_batch_in_order_and_none_is_too_large() => Gen.Select(Gen.Int[1, 500], Gen.Int[1, 200]).Sample((rows, max) =>
    {
        var parts = BatchParts.Of(rows, max);
        Assert.Equal((rows + max - 1) / max, parts.Count);
        var next = 0;
        foreach (var (from, count) in parts)
        {
            Assert.Equal(next, from);
            Assert.InRange(count, Math.Max(1, (rows / parts.Count) - 1), max);
            next += count;
        }

        Assert.Equal(rows, next);
    });

    [Fact]
    public void Without_a_limit_there_is_one_part() => Assert.Equal([(0, 1000)], BatchParts.Of(1000, 0));
}
