using CsCheck;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Selection;

namespace HnmStreams.Mining.Tests.Selection;

/// <summary>The miners of embeddings, against their definitions written out.</summary>
public sealed class EmbeddingSelectionTests
{
    private const string Seed = "0000KOIPe036";

    // Labels of a batch and distances between all, coarse so that many are alike.
    private static readonly Gen<(int[] Labels, float[] Distances)> Batches =
        from labels in Gen.Int[0, 3].Array[0, 9]
        from distances in Gen.Int[0, 12].Select(i => i / 8f).Array[labels.Length * labels.Length]
        select (labels, distances);

    [Fact]
    public void Batch_hard_takes_the_farthest_positive_and_the_closest_negative() => Check((batch, labels, d) =>
    {
        var found = new List<Triplet>();
        TripletMiners.BatchHard(batch, found);
        var expected =
            from a in Enumerable.Range(0, labels.Length)
            let positives = Positives(labels, a).OrderByDescending(p => d(a, p)).ThenBy(p => p)
            let negatives = Negatives(labels, a).OrderBy(n => d(a, n)).ThenBy(n => n)
            where positives.Any() && negatives.Any()
            select new Triplet(a, positives.First(), negatives.First());
        Assert.Equal(expected, found);
    });

    [Fact]
    public void Semi_hard_negatives_are_farther_than_the_positive_but_within_the_margin() => Check((batch, labels, d) =>
    {
        const float Margin = 0.4f;
        var found = new List<Triplet>();
        TripletMiners.SemiHard(batch, Margin, found);
        var expected =
            from a in Enumerable.Range(0, labels.Length)
            from p in Positives(labels, a)
            let semiHard = Negatives(labels, a).Where(n => d(a, n) > d(a, p) && d(a, n) < d(a, p) + Margin).OrderBy(n => d(a, n)).ThenBy(n => n)
            where semiHard.Any()
            select new Triplet(a, p, semiHard.First());
        Assert.Equal(expected, found);
    });

    [Fact]
    public void Batch_all_takes_every_triplet_with_a_loss() => Check((batch, labels, d) =>
    {
        var found = new List<Triplet>();
        TripletMiners.BatchAll(batch, 0.25f, found);
        var expected =
            from a in Enumerable.Range(0, labels.Length)
            from p in Positives(labels, a)
            from n in Negatives(labels, a)
            where Math.Max(0, d(a, p) - d(a, n) + 0.25f) > 0
            select new Triplet(a, p, n);
        Assert.Equal(expected, found);
    });

    [Fact]
    public void Multi_similarity_keeps_pairs_that_are_not_clearly_apart() => Check((batch, labels, d) =>
    {
        var (positives, negatives) = (new List<Pair>(), new List<Pair>());
        MultiSimilarity.Select(batch, 0.1f, positives, negatives);
        var both = Enumerable.Range(0, labels.Length).Where(a => Positives(labels, a).Any() && Negatives(labels, a).Any()).ToArray();
        Assert.Equal(
            from a in both
            from n in Negatives(labels, a)
            where -d(a, n) > Positives(labels, a).Min(p => -d(a, p)) - 0.1f
            select new Pair(a, n),
            negatives);
        Assert.Equal(
            from a in both
            from p in Positives(labels, a)
            where -d(a, p) < Negatives(labels, a).Max(n => -d(a, n)) + 0.1f
            select new Pair(a, p),
            positives);
    });

    [Fact]
    public void Similarities_are_distances_turned_round()
    {
        var (one, other) = (new List<Triplet>(), new List<Triplet>());
        TripletMiners.BatchHard(EmbeddingBatch.FromSimilarities([9, 3, 5, 3, 9, 1, 5, 1, 9], [0, 0, 1]), one);
        TripletMiners.BatchHard(EmbeddingBatch.FromDistances([0, 6, 4, 6, 0, 8, 4, 8, 0], [0, 0, 1]), other);
        Assert.Equal([new Triplet(0, 1, 2), new Triplet(1, 0, 2)], one);
        Assert.Equal(one, other);
    }

    [Fact]
    public void A_batch_that_does_not_fit_or_is_not_of_numbers_is_refused()
    {
        Assert.Contains("9 numbers", Assert.Throws<ArgumentException>(() => EmbeddingBatch.FromDistances([1, 2], [0, 1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("row 1, column 0", Assert.Throws<ArgumentException>(() => EmbeddingBatch.FromDistances([0, 1, float.NaN, 0], [0, 1])).Message, StringComparison.Ordinal);
    }

    /// <summary>Negatives at six distances, one of them too far; the chance of each is 1 / q(d) with q of the sphere in 8 dimensions, d at least 0.5.</summary>
    [Fact]
    public void Distance_weighted_draws_follow_the_inverse_of_how_common_a_distance_is()
    {
        const int Draws = 40_000;
        float[] far = [0, 0.3f, 0.3f, 0.6f, 0.9f, 1.2f, 1.39f, 1.6f];
        int[] labels = [0, 0, 1, 1, 1, 1, 1, 1];
        var distances = new float[64];
        far.CopyTo(distances, 0);
        var batch = EmbeddingBatch.FromDistances(distances, labels);
        var sampler = new DistanceWeighted(8);
        var generator = new Xoshiro256StarStar(20_260_515);
        var counts = new int[8];
        var found = new List<Triplet>();
        for (var i = 0; i < Draws; i++)
        {
            found.Clear();
            sampler.Select(batch, generator, found);
            var triplet = found.First(t => t.Anchor == 0);
            Assert.Equal(1, triplet.Positive);
            counts[triplet.Negative]++;
        }

        var weights = far.Select((d, i) =>
        {
            var clipped = Math.Max(0.5, d);
            return labels[i] == 0 || d >= 1.4 ? 0 : 1 / (Math.Pow(clipped, 6) * Math.Pow(1 - (clipped * clipped / 4), 2.5));
        }).ToArray();
        Assert.Equal(0, counts[7]);
        // Five possible negatives; 4 degrees of freedom: 18.47 is passed by chance once in a thousand.
        var expected = weights.Select(w => Draws * w / weights.Sum()).ToArray();
        Assert.InRange(Enumerable.Range(2, 5).Sum(i => Math.Pow(counts[i] - expected[i], 2) / expected[i]), 0, 18.47);
    }

    [Fact]
    public void High_dimensions_do_not_overflow_and_far_negatives_give_nothing()
    {
        var found = new List<Triplet>();
        new DistanceWeighted(4_096).Select(EmbeddingBatch.FromDistances([0, 0.1f, 0.7f, 0.1f, 0, 1.39f, 0.7f, 1.39f, 0], [0, 0, 1]), new Xoshiro256StarStar(1), found);
        Assert.Equal([new Triplet(0, 1, 2), new Triplet(1, 0, 2)], found);
        found.Clear();
        new DistanceWeighted(64).Select(EmbeddingBatch.FromDistances([0, 0.1f, 1.5f, 0.1f, 0, 1.5f, 1.5f, 1.5f, 0], [0, 0, 1]), new Xoshiro256StarStar(1), found);
        Assert.Empty(found);
    }

    private static void Check(Action<EmbeddingBatch, int[], Func<int, int, float>> check) => Batches.Sample(
        batch =>
        {
            var (labels, distances) = batch;
            check(EmbeddingBatch.FromDistances(distances, labels), labels, (from, to) => distances[(from * labels.Length) + to]);
        },
        seed: Seed, iter: 3_000, threads: 1);

    private static IEnumerable<int> Positives(int[] labels, int anchor) => Enumerable.Range(0, labels.Length).Where(i => i != anchor && labels[i] == labels[anchor]);

    private static IEnumerable<int> Negatives(int[] labels, int anchor) => Enumerable.Range(0, labels.Length).Where(i => labels[i] != labels[anchor]);
}
