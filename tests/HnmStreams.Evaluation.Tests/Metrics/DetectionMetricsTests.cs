using CsCheck;
using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Tests.Metrics;

public sealed class DetectionMetricsTests
{
    private static readonly BoundingBox NoObject = new(900, 900, 901, 901);

    [Fact]
    public void Equals_a_published_example()
    {
        // Fifteen objects and 24 detections that are correct (1) or wrong (0) in this order. The example is from Padilla et al., "A Survey on
        // Performance Metrics for Object-Detection Algorithms" (IWSSIP 2020). The area over all points is 24.56 %.
        const string Verdicts = "101" + "000000" + "10111" + "00000000" + "10";
        var truths = Enumerable.Range(0, 15).Select(i => new GroundTruth(i, 0, new BoundingBox(0, 0, 10, 10))).ToArray();
        var next = 0;
        var detections = Verdicts.Select((v, i) => v == '1'
            ? new Detection(next++, 0, 1 - (i / 100f), new BoundingBox(0, 0, 10, 10))
            : new Detection(i % 15, 0, 1 - (i / 100f), NoObject)).ToArray();
        Assert.InRange(DetectionMetrics.AveragePrecision(detections, truths, 0), 0.2456, 0.2457);
    }

    [Fact]
    public void A_duplicate_detection_is_wrong()
    {
        GroundTruth[] truths = [new(0, 0, new(0, 0, 10, 10)), new(0, 0, new(20, 0, 30, 10))];
        // By score: correct, duplicate (wrong), correct: 1/2 * 1 + 1/2 * 2/3.
        Detection[] detections = [new(0, 0, 0.9f, new(0, 0, 10, 10)), new(0, 0, 0.8f, new(0, 0, 10, 9)), new(0, 0, 0.7f, new(20, 0, 30, 10))];
        Assert.Equal(5 / 6.0, DetectionMetrics.AveragePrecision(detections, truths, 0), 12);
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(4.99f, 0)]
    public void An_overlap_of_exactly_one_half_matches(float height, double expected) =>
        Assert.Equal(expected, DetectionMetrics.AveragePrecision([new(0, 0, 1, new(0, 0, 10, height))], [new(0, 0, new(0, 0, 10, 10))], 0), 12);

    [Fact]
    public void Objects_of_other_images_and_classes_do_not_match()
    {
        GroundTruth[] truths = [new(0, 0, new(0, 0, 10, 10)), new(1, 1, new(0, 0, 10, 10))];
        Detection[] detections = [new(1, 0, 1, new(0, 0, 10, 10)), new(1, 1, 1, new(0, 0, 10, 10))];
        Assert.Equal(0, DetectionMetrics.AveragePrecision(detections, truths, 0));
        Assert.Equal(1, DetectionMetrics.AveragePrecision(detections, truths, 1));
        Assert.Equal(0.5, DetectionMetrics.MeanAveragePrecision(detections, truths), 12);
    }

    [Fact]
    public void Difficult_objects_count_neither_as_misses_nor_as_errors()
    {
        GroundTruth[] truths = [new(0, 0, new(0, 0, 10, 10), Difficult: true), new(0, 0, new(20, 0, 30, 10))];
        Detection[] detections = [new(0, 0, 0.9f, new(0, 0, 10, 10)), new(0, 0, 0.8f, new(20, 0, 30, 10))];
        Assert.Equal(1, DetectionMetrics.AveragePrecision(detections, truths, 0), 12);
        Assert.True(double.IsNaN(DetectionMetrics.AveragePrecision(detections, [truths[0]], 0)));
    }

    [Fact]
    public void Is_undefined_without_objects_and_0_without_detections()
    {
        Assert.True(double.IsNaN(DetectionMetrics.MeanAveragePrecision([new(0, 0, 1, NoObject)], [])));
        Assert.Equal(0, DetectionMetrics.MeanAveragePrecision([], [new(0, 0, NoObject)]));
        Assert.Throws<ArgumentException>(() => DetectionMetrics.MeanAveragePrecision([new(0, 0, float.NaN, NoObject)], [new(0, 0, NoObject)]));
    }

    [Fact]
    public void Overlap_equals_intersection_over_union()
    {
        Assert.Equal(1 / 7.0, new BoundingBox(0, 0, 2, 2).IntersectionOverUnion(new(1, 1, 3, 3)), 12);
        Assert.Equal(0, new BoundingBox(0, 0, 1, 1).IntersectionOverUnion(new(1, 0, 2, 1)));
        Assert.Equal(0, new BoundingBox(3, 3, 1, 1).IntersectionOverUnion(new(0, 0, 4, 4)));
    }

    [Fact]
    public void The_area_equals_its_definition()
    {
        // Boxes in one row of cells, so that a detection overlaps one object completely or none.
        var boxes = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4], Gen.Int[0, 6]);
        Gen.Select(boxes.Array[0, 25], Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4]).HashSet[1, 10]).Sample(
            (found, objects) =>
            {
                var detections = found.Select(f => new Detection(f.Item1, 0, f.Item3, Cell(f.Item2))).ToArray();
                var truths = objects.Select(t => new GroundTruth(t.Item1, 0, Cell(t.Item2))).ToArray();
                var unmatched = objects.ToHashSet();
                var verdicts = detections.OrderByDescending(d => d.Score).Select(d => unmatched.Remove((d.Image, (int)d.Region.Left / 10))).ToArray();
                var points = Enumerable.Range(1, verdicts.Length).Select(i => verdicts.Take(i).Count(v => v))
                    .Select((hits, i) => (Recall: hits / (double)truths.Length, Precision: hits / (i + 1.0))).ToArray();
                double area = 0;
                // Integrates the maximum precision at or beyond each recall in small steps.
                for (var slice = 0; slice < truths.Length; slice++)
                    area += points.Where(p => p.Recall > (slice + 0.5) / truths.Length).Select(p => p.Precision).DefaultIfEmpty(0).Max() / truths.Length;
                Assert.Equal(area, DetectionMetrics.AveragePrecision(detections, truths, 0), 9);
            },
            seed: "0N0XIzNsQ0O2", iter: 1_000);
    }

    private static BoundingBox Cell(int column) => new(column * 10, 0, (column * 10) + 10, 10);
}
