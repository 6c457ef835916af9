using CsCheck;
using HnmStreams.Evaluation.Neighbors;

namespace HnmStreams.Evaluation.Tests.Neighbors;

public sealed class NearestNeighborsTests
{
    [Fact]
    public void Equals_a_brute_force_search() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[2, 30], Gen.Int[1, 8], Gen.Float[-2, 2].Array[1_200]).Sample((width, rows, count, numbers) =>
        {
            var embeddings = numbers[..(width * rows)];
            int[] candidates = [.. Enumerable.Range(0, rows).Where(r => r % 3 != 1)];
            var nearest = NearestNeighbors.Of(embeddings, width, 0, candidates, count);
            var expected = candidates.Where(r => r != 0).Select(r => (Row: r, Cosine: Cosine(embeddings, width, r))).OrderByDescending(e => e.Cosine).Take(count).ToList();
            Assert.Equal(expected.Count, nearest.Count);
            for (var i = 0; i < nearest.Count; i++)
            {
                Assert.Equal(expected[i].Cosine, nearest[i].Similarity, 1e-5);
                Assert.Equal(Cosine(embeddings, width, nearest[i].Row), nearest[i].Similarity, 1e-5);
            }
        }, seed: "2HzLEJZTqvo2");

    [Fact]
    public void Zero_embeddings_have_similarity_0_and_NaN_rows_are_excluded()
    {
        float[] embeddings = [1, 0, 0, 0, float.NaN, 1, -1, 0, 2, 0];
        Assert.Equal([(4, 1.0), (1, 0.0), (3, -1.0)], NearestNeighbors.Of(embeddings, 2, 0, [1, 2, 3, 4], 9).Select(n => (n.Row, n.Similarity)));
    }

    private static double Cosine(float[] all, int width, int row)
    {
        double dot = 0, one = 0, other = 0;
        for (var i = 0; i < width; i++)
        {
            dot += (double)all[i] * all[(row * width) + i];
            one += (double)all[i] * all[i];
            other += (double)all[(row * width) + i] * all[(row * width) + i];
        }

        return one * other > 0 ? dot / Math.Sqrt(one * other) : 0;
    }
}
