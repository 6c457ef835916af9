using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Tests.Metrics;

public sealed class EmbeddingVerificationTests
{
    [Fact]
    public void Scores_every_pair_once_by_dot_product()
    {
        float[] embeddings = [1, 0, 0.8f, 0.6f, 0.6f, 0.8f, 0, 1, 0, 0.9f];
        int[] groups = [1, 1, 2, 2, 2];
        var (scores, same) = (new List<float>(), new List<bool>());
        for (var i = 0; i < 5; i++)
        {
            for (var j = 0; j < i; j++)
            {
                scores.Add((embeddings[2 * i] * embeddings[2 * j]) + (embeddings[(2 * i) + 1] * embeddings[(2 * j) + 1]));
                same.Add(groups[i] == groups[j]);
            }
        }

        Assert.Equal(10, scores.Count);
        foreach (var rate in (double[])[0, 0.17, 0.34, 0.5, 1])
            Assert.Equal(VerificationMetrics.TrueAcceptRate(scores.ToArray(), same.ToArray(), rate), EmbeddingVerification.TrueAcceptRate(embeddings, 2, groups, rate), 12);
    }

    [Fact]
    public void Is_undefined_without_pairs_of_both_kinds()
    {
        Assert.True(double.IsNaN(EmbeddingVerification.TrueAcceptRate([1f, 0f, 0f, 1f], 2, [1, 1], 0.1)));
        Assert.True(double.IsNaN(EmbeddingVerification.TrueAcceptRate([], 2, [], 0.1)));
        Assert.Throws<ArgumentException>(() => EmbeddingVerification.TrueAcceptRate([1f], 2, [1], 0.1));
    }
}
