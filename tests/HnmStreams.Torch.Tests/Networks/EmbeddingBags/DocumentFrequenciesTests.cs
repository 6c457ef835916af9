using HnmStreams.Torch.Networks.EmbeddingBags;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.EmbeddingBags;

public sealed class DocumentFrequenciesTests
{
    private static readonly (int Bucket, float Weight)[][] Texts = [[(1, 1), (2, 2), (5, 0.5f)], [(1, 3)], [], [(1, 1), (7, 1)], []];

    [Fact]
    public void Weights_follow_from_the_counts_and_have_unit_length_per_example()
    {
        using var scope = NewDisposeScope();
        using var frequencies = new DocumentFrequencies(8);
        frequencies.forward(Features(Texts));
        var actual = frequencies.forward(Features(Texts)).data<float>().ToArray();

        // Both batches are counted: 10 examples, with bucket 1 in 6 of them.
        var expected = new List<double>();
        foreach (var text in Texts)
        {
            var plain = text.Select(f => f.Weight * (1 + Math.Log(11.0 / ((f.Bucket == 1 ? 6 : 2) + 1)))).ToArray();
            expected.AddRange(plain.Select(w => w / Math.Sqrt(plain.Sum(x => x * x))));
        }

        Assert.Equal(expected, actual.Select(w => (double)w), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Scoring_counts_nothing_and_untrained_features_have_weight_0()
    {
        using var scope = NewDisposeScope();
        using var frequencies = new DocumentFrequencies(8);
        frequencies.forward(Features([[(1, 1)]]));
        frequencies.eval();
        for (var i = 0; i < 2; i++)
            Assert.Equal([0, 1, 0], frequencies.forward(Features([[(4, 1), (1, 1)], [(6, 2)]])).data<float>().ToArray());
    }

    [Fact]
    public void Old_counts_decay()
    {
        using var scope = NewDisposeScope();
        using var frequencies = new DocumentFrequencies(8);
        var (counts, examples) = (frequencies.get_buffer("counts")!, frequencies.get_buffer("examples")!);
        counts.fill_(1000);
        examples.fill_(DocumentFrequencies.MaxExamples - 1);
        frequencies.forward(Features([[(1, 1)]]));
        Assert.Equal((500.5f, 500, DocumentFrequencies.MaxExamples / 2), (counts[1].item<float>(), counts[2].item<float>(), examples.item<float>()));
    }

    private static HashedFeatures Features((int Bucket, float Weight)[][] texts)
    {
        var offsets = texts.Select((_, i) => texts.Take(i).Sum(t => (long)t.Length)).ToArray();
        var all = texts.SelectMany(t => t).ToArray();
        return new HashedFeatures(tensor([.. all.Select(f => (long)f.Bucket)]), tensor(offsets), tensor([.. all.Select(f => f.Weight)]));
    }
}
