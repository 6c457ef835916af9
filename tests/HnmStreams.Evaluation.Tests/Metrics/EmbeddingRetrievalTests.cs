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
    public void Every_relevant_answer_counts_if_embeddings_have_several_groups() =>
        Gen.Select(Gen.Float[-1, 1].Array[3 * 17], Gen.Int[0, 5].Array[1, 3].Array[3], Gen.Float[-1, 1].Array[9 * 17], Gen.Int[0, 5].Array[1, 3].Array[9]).Sample(
            (queries, queryGroups, gallery, galleryGroups) =>
            {
                var expected = Enumerable.Range(0, 3)
                    .Select(q => Enumerable.Range(0, 9)
                        .OrderByDescending(g => Enumerable.Range(0, 17).Sum(i => (double)queries[(q * 17) + i] * gallery[(g * 17) + i]))
                        .Select(g => galleryGroups[g].Intersect(queryGroups[q]).Any()).ToArray())
                    .Where(right => right.Contains(true))
                    .Select(right =>
                    {
                        var all = right.Count(r => r);
                        var average = Enumerable.Range(0, all).Where(i => right[i]).Sum(i => right.Take(i + 1).Count(r => r) / (i + 1.0)) / all;
                        return (First: right[0] ? 1.0 : 0, Share: right.Take(all).Count(r => r) / (double)all, Average: average);
                    }).ToArray();
                var report = EmbeddingRetrieval.InGallery(queries, Groups(queryGroups), gallery, Groups(galleryGroups), 17);
                Assert.Equal(expected.Length, report.Queries);
                Assert.Equal(expected.Select(e => e.First).DefaultIfEmpty(double.NaN).Average(), report.PrecisionAt1, 9);
                Assert.Equal(expected.Select(e => e.Share).DefaultIfEmpty(double.NaN).Average(), report.RPrecision, 9);
                Assert.Equal(expected.Select(e => e.Average).DefaultIfEmpty(double.NaN).Average(), report.MapAtR, 9);
            },
            seed: "0N0XIzNsQ0O2", iter: 500);

    [Fact]
    public void A_document_that_two_queries_share_is_found_by_both_and_verified_with_both()
    {
        // Two queries and one document between them.
        float[] embeddings = [1, 0, 0, 1, 0.7f, 0.7f];
        var groups = new GroupMemberships([1, 2, 1], [[], [], [2]]);
        Assert.Equal(new RetrievalReport(3, 1, 1, 1), EmbeddingRetrieval.LeaveOneOut(embeddings, 2, groups));
        Assert.Equal(1, EmbeddingVerification.TrueAcceptRate(embeddings, 2, groups, 0.1));
        Assert.Equal(2, groups.From(1).Count);
        Assert.True(groups.From(1).Share(0, groups, 2));
        Assert.False(groups.Share(0, groups, 1));
        Assert.Throws<ArgumentException>(() => new GroupMemberships([1], []));
    }

    private static GroupMemberships Groups(int[][] groups) => new(groups.Select(static g => g[0]).ToArray(), [.. groups.Select(static g => g[1..])]);

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
