using CsCheck;
using HnmStreams.Torch.Learning.Optimizers;

namespace HnmStreams.Torch.Tests.Learning.Optimizers;

public sealed class RowGradientTests
{
    [Fact]
    public void Each_touched_row_occurs_once_with_the_sum_of_its_gradients() =>
        Gen.Select(Gen.Int[1, 11], Gen.Long[0, 39].Array[0, 700], Gen.Long[0, 39].Array[0, 20]).Sample(
            (width, first, second) =>
            {
                var gradient = new RowGradient(40, width);
                foreach (var indices in new[] { first, second })
                {
                    var values = Enumerable.Range(0, indices.Length * width).Select(i => (float)(i % 97)).ToArray();
                    gradient.Set(indices, values);
                    Assert.Equal(indices.Distinct().Select(i => (int)i), gradient.Touched.ToArray());
                    for (var i = 0; i < gradient.Touched.Length; i++)
                    {
                        for (var j = 0; j < width; j++)
                        {
                            // Integers, so that the order of the sum does not matter.
                            var naive = indices.Select((row, position) => row == gradient.Touched[i] ? values[(position * width) + j] : 0).Sum();
                            Assert.Equal(naive, gradient.Values[(i * width) + j]);
                        }
                    }
                }
            },
            seed: "0000KOIPe036", iter: 60, threads: 1);

    [Fact]
    public void Rejects_a_row_beyond_the_table() =>
        Assert.Throws<IndexOutOfRangeException>(() => new RowGradient(4, 1).Set([4], [1]));

    [Fact]
    public void Allocates_nothing_after_the_buffers_have_grown()
    {
        var gradient = new RowGradient(1000, 4);
        var indices = Enumerable.Range(0, 1000).Select(i => (long)i).ToArray();
        var values = new float[4000];
        gradient.Set(indices, values);
        var before = GC.GetAllocatedBytesForCurrentThread();
        gradient.Set(indices, values);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
