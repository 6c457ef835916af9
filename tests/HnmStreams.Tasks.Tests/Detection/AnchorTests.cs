using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Detection.Rows;

namespace HnmStreams.Tasks.Tests.Detection;

public sealed class AnchorTests
{
    private static readonly DetectionOptions Options = new() { Labels = ["a", "b"], Height = 40, Width = 56, Anchors = ["16:20x30", "8:9x9", "16:40x20"] };

    [Fact]
    public void Anchors_are_ordered_by_map_row_and_shape()
    {
        var grid = new AnchorGrid(Options);
        // Stride 8: 5 x 7 positions with one shape; stride 16: 3 x 4 (rounded up) with two.
        Assert.Equal((5 * 7) + (3 * 4 * 2), grid.Count);
        Assert.Equal(new BoundingBox(-0.5f, -0.5f, 8.5f, 8.5f), grid.Anchors[0]);
        Assert.Equal(new BoundingBox(7.5f, -0.5f, 16.5f, 8.5f), grid.Anchors[1]);
        Assert.Equal(new BoundingBox(-0.5f, 7.5f, 8.5f, 16.5f), grid.Anchors[7]);
        Assert.Equal(new BoundingBox(-2, -7, 18, 23), grid.Anchors[35]);
        Assert.Equal(new BoundingBox(-12, -2, 28, 18), grid.Anchors[36]);
    }

    [Fact]
    public void The_default_grid_has_2100_anchors() => Assert.Equal(2_100, new AnchorGrid(new DetectionOptions { Labels = ["a"] }).Count);

    [Fact]
    public void Decoding_inverts_encoding()
    {
        var (grid, generator) = (new AnchorGrid(Options), new Xoshiro256StarStar(7));
        Span<float> offsets = stackalloc float[4];
        for (var i = 0; i < 500; i++)
        {
            var (left, top) = ((float)generator.NextDouble() * 40, (float)generator.NextDouble() * 30);
            var region = new BoundingBox(left, top, left + 1 + ((float)generator.NextDouble() * 30), top + 1 + ((float)generator.NextDouble() * 30));
            var anchor = (int)(generator.NextUInt64() % (ulong)grid.Count);
            grid.Encode(anchor, region, offsets);
            var decoded = grid.Decode(anchor, offsets);
            Assert.Equal(region.Left, decoded.Left, 1e-3f);
            Assert.Equal(region.Top, decoded.Top, 1e-3f);
            Assert.Equal(region.Right, decoded.Right, 1e-3f);
            Assert.Equal(region.Bottom, decoded.Bottom, 1e-3f);
        }
    }

    [Fact]
    public void Matching_equals_a_naive_implementation()
    {
        var (grid, generator) = (new AnchorGrid(Options), new Xoshiro256StarStar(11));
        for (var trial = 0; trial < 200; trial++)
        {
            var objects = Enumerable.Range(0, (int)(generator.NextUInt64() % 5)).Select(_ => Object(generator)).ToArray();
            var assigned = new int[grid.Count];
            var positives = AnchorMatching.Match(grid, objects, 0.5f, assigned);
            Assert.Equal(Naive(grid, objects), assigned);
            Assert.Equal(assigned.Count(a => a >= 0), positives);
        }
    }

    [Theory]
    [InlineData("8:19.5x19", true)]
    [InlineData("16:1x4096", true)]
    [InlineData("4:10x10", false)]
    [InlineData("8:0x10", false)]
    [InlineData("8:-1x10", false)]
    [InlineData("8:10", false)]
    [InlineData("8:10x10x10", false)]
    [InlineData("10x10", false)]
    [InlineData("8:5000x10", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Parses_stride_width_and_height(string? text, bool valid) => Assert.Equal(valid, AnchorShape.TryParse(text, out _));

    private static EncodedObject Object(Xoshiro256StarStar generator)
    {
        var (left, top) = ((float)generator.NextDouble() * 40, (float)generator.NextDouble() * 30);
        return new EncodedObject((int)(generator.NextUInt64() % 2), new BoundingBox(left, top, left + 4 + ((float)generator.NextDouble() * 30), top + 4 + ((float)generator.NextDouble() * 20)));
    }

    private static int[] Naive(AnchorGrid grid, EncodedObject[] objects)
    {
        var anchors = grid.Anchors.ToArray();
        var assigned = anchors.Select(a =>
        {
            var overlaps = objects.Select(o => a.IntersectionOverUnion(o.Region)).ToArray();
            return overlaps.Length > 0 && overlaps.Max() >= 0.5f ? Array.IndexOf(overlaps, overlaps.Max()) : -1;
        }).ToArray();
        for (var o = 0; o < objects.Length; o++)
        {
            var overlaps = anchors.Select(a => a.IntersectionOverUnion(objects[o].Region)).ToArray();
            if (overlaps.Max() > 0)
                assigned[Array.IndexOf(overlaps, overlaps.Max())] = o;
        }

        return assigned;
    }
}
