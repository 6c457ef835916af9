using CsCheck;
using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Tests.Metrics;

public sealed class EmbeddingRetrievalTests
{
    [Fact]
    public void Equals_manually_computed_values()
    {
        // Angles 0, 10, 25, 30 and 90 degrees; groups 0 0 1 0 1. The neighbors in order: of 0: 10 25 30 90; of 10: 0 25 30 90
        // (10 before 15 before 20); of 25: 30 10 0 90; of 30: 25 10 0 90; of 90: 30 25 10 0.
        float[] angles = [0, 10, 25, 30, 90];
        var embeddings = angles.SelectMany(a => new[] { MathF.Cos(a * MathF.PI / 180), MathF.Sin(a * MathF.PI / 180) }).ToArray();
        var report = EmbeddingRetrieval.LeaveOneOut(embeddings, 2, [0, 0, 1, 0, 1]);
        Assert.Equal(5, report.Queries);
        Assert.Equal(2 / 5.0, report.PrecisionAt1, 12);
        // R is 2 for group 0 and 1 for group 1; the hits are 1, 1, 0, 1 and 0.
        Assert.Equal((0.5 + 0.5 + 0 + 0.5 + 0) / 5, report.RPrecision, 12);
        Assert.Equal((0.5 + 0.5 + 0 + 0.25 + 0) / 5, report.MapAtR, 12);
    }

    [Fact]
    public void Equals_ranking_by_sorting() =>
        Gen.Select(Gen.Float[-1, 1].Array[3 * 17], Gen.Int[0, 3].Array[3], Gen.Float[-1, 1].Array[9 * 17], Gen.Int[0, 3].Array[9]).Sample(
            (queries, queryGroups, gallery, galleryGroups) =>
            {
                var expected = Enumerable.Range(0, 3)
                    .Where(q => galleryGroups.Contains(queryGroups[q]))
                    .Select(q =>
                    {
                        var relevant = Enumerable.Range(0, 9)
                            .OrderByDescending(g => Enumerable.Range(0, 17).Sum(i => (double)queries[(q * 17) + i] * gallery[(g * 17) + i]))
                            .Select(g => galleryGroups[g] == queryGroups[q]).ToArray();
                        var all = relevant.Count(r => r);
                        return (First: relevant[0] ? 1.0 : 0, Share: relevant.Take(all).Count(r => r) / (double)all);
                    }).ToArray();
                var report = EmbeddingRetrieval.InGallery(queries, queryGroups, gallery, galleryGroups, 17);
                Assert.Equal(expected.Length, report.Queries);
                Assert.Equal(expected.Length == 0 ? double.NaN : expected.Average(e => e.First), report.PrecisionAt1, 9);
                Assert.Equal(expected.Length == 0 ? double.NaN : expected.Average(e => e.Share), report.RPrecision, 9);
            },
            seed: "0N0XIzNsQ0O2", iter: 500);

    [Fact]
    public void Identical_embeddings_score_0()
    {
        var report = EmbeddingRetrieval.LeaveOneOut(Enumerable.Repeat(0.5f, 4 * 6).ToArray(), 4, [0, 0, 1, 1, 2, 2]);
        Assert.Equal(new RetrievalReport(6, 0, 0, 0), report);
    }

    [Fact]
    public void A_group_of_one_is_not_a_query()
    {
        var report = EmbeddingRetrieval.LeaveOneOut([1, 0, 0, 1], 2, [0, 1]);
        Assert.Equal(0, report.Queries);
        Assert.True(double.IsNaN(report.MapAtR));
        Assert.Throws<ArgumentException>(() => EmbeddingRetrieval.LeaveOneOut([1, 0, 0], 2, [0, 1]));
    }
}
