using CsCheck;
using HnmStreams.Torch.Losses;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Losses;

/// <summary>Tests of the losses per example. Expected values come from PyTorch 1.13 in double precision; those of the focal loss from arXiv 1708.02002, equation 5.</summary>
public sealed class LossTests
{
    private static readonly double[] Logits = [-30, -2.5, -0.1, 0, 0.7, 3, 40];
    private static readonly long[] Labels = [1, 0, 1, 0, 1, 0, 1];

    public LossTests() => TorchLibrary.EnsureLoaded();

    [Fact]
    public void Binary_cross_entropy_matches_PyTorch() =>
        AssertClose([30.0, 0.0788897343, 0.74439666, 0.693147181, 0.403186049, 3.04858735, 0], Values(new BinaryCrossEntropy(), Logits, 1, Labels));

    [Fact]
    public void Focal_loss_matches_its_paper() =>
        AssertClose([7.5, 0.000340476071, 0.0512895156, 0.129965096, 0.0110976309, 2.07471033, 0], Values(new Focal(0.25, 2), Logits, 1, Labels));

    [Fact]
    public void Focal_loss_with_gamma_0_is_weighted_cross_entropy() =>
        AssertClose(
            [.. Values(new BinaryCrossEntropy(), Logits, 1, Labels).Zip(Labels, (loss, side) => loss * (side == 1 ? 0.3 : 0.7))],
            Values(new Focal(0.3, 0), Logits, 1, Labels));

    [Fact]
    public void The_loss_of_a_set_is_the_weighted_sum_over_its_labels()
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new float[,] { { 1, -2, 0.5f }, { 0, 3, -40 } });
        var labels = tensor(new long[,] { { 1, 0, 1 }, { 0, 1, 1 } });
        static double Entropy(double z, bool applies) => Math.Log(1 + Math.Exp(applies ? -z : z));
        var plain = new LabelSetLoss(new BinaryCrossEntropy()).PerExample(outputs, labels).data<float>().ToArray();
        Assert.Equal(Entropy(1, true) + Entropy(-2, false) + Entropy(0.5, true), plain[0], 1e-5);
        Assert.Equal(Entropy(0, false) + Entropy(3, true) + 40, plain[1], 1e-4);
        var weighted = new LabelSetLoss(new BinaryCrossEntropy(positiveWeight: 3), [1, 2, 0.5f]).PerExample(outputs, labels).data<float>().ToArray();
        Assert.Equal((3 * Entropy(1, true)) + (2 * Entropy(-2, false)) + (1.5 * Entropy(0.5, true)), weighted[0], 1e-5);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new LabelSetLoss(new BinaryCrossEntropy(), [0]));
    }

    [Fact]
    public void Cross_entropy_matches_PyTorch() =>
        AssertClose(
            [0.504596902, 1.09861229, 1.31326169, 1.40760596],
            Values(new CrossEntropy(), [1, -2, .5, 0, 0, 0, -40, 30, 29, 3, 2, 1], 3, [0, 2, 2, 1]));

    [Fact]
    public void Focal_loss_over_classes_is_cross_entropy_times_a_power_of_the_missing_probability()
    {
        double[] logits = [1, -2, .5, 0, 0, 0, -40, 30, 29, 3, 2, 1];
        double[] entropies = [0.504596902, 1.09861229, 1.31326169, 1.40760596];
        AssertClose([.. entropies.Select(e => Math.Pow(1 - Math.Exp(-e), 2) * e)], Values(new CrossEntropy(gamma: 2), logits, 3, [0, 2, 2, 1]));
        AssertClose(
            [.. entropies.Zip([0.5, 2, 2, 4], (e, w) => w * Math.Pow(1 - Math.Exp(-e), 2) * e)],
            Values(new CrossEntropy([0.5f, 4, 2], 2), logits, 3, [0, 2, 2, 1]));
        AssertClose([0], Values(new CrossEntropy(gamma: 2), [100, 0, 0], 3, [0]));
    }

    [Fact]
    public void The_positive_weight_multiplies_the_loss_of_the_positive() =>
        AssertClose(
            [.. Values(new BinaryCrossEntropy(), Logits, 1, Labels).Zip(Labels, (loss, side) => loss * (side == 1 ? 3.5 : 1))],
            Values(new BinaryCrossEntropy(3.5), Logits, 1, Labels));

    [Fact]
    public void A_class_weight_multiplies_the_loss_of_its_class() =>
        AssertClose(
            [0.504596902 * 0.5, 1.09861229 * 2, 1.31326169 * 2, 1.40760596 * 4],
            Values(new CrossEntropy([0.5f, 4, 2]), [1, -2, .5, 0, 0, 0, -40, 30, 29, 3, 2, 1], 3, [0, 2, 2, 1]));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Rejects_an_invalid_weight(double weight)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryCrossEntropy(weight));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CrossEntropy([1, (float)weight]));
    }

    [Theory]
    [InlineData("binary")]
    [InlineData("weighted binary")]
    [InlineData("focal")]
    [InlineData("classes")]
    [InlineData("weighted classes")]
    [InlineData("focal classes")]
    public void Gradients_match_finite_differences(string name)
    {
        IExampleLoss loss = name switch
        {
            "binary" => new BinaryCrossEntropy(),
            "weighted binary" => new BinaryCrossEntropy(2.5),
            "focal" => new Focal(0.25, 2),
            "focal classes" => new CrossEntropy([0.5f, 4, 2], 2),
            "weighted classes" => new CrossEntropy([0.5f, 4, 2]),
            _ => new CrossEntropy(),
        };
        var width = loss is CrossEntropy ? 3 : 1;
        Gen.Select(Gen.Double[-6, 6].Array[width], Gen.Long[0, Math.Max(width - 1, 1)]).Sample(
            (logits, label) =>
            {
                using var scope = NewDisposeScope();
                var outputs = tensor(logits).view(1, width).requires_grad_();
                loss.PerExample(outputs, tensor(new[] { label })).sum().backward();
                var gradient = outputs.grad!.data<double>().ToArray();
                const double step = 1e-5;
                for (var i = 0; i < width; i++)
                {
                    double At(double shift) => Values(loss, [.. logits.Select((z, j) => j == i ? z + shift : z)], width, [label])[0];
                    Assert.Equal((At(step) - At(-step)) / (2 * step), gradient[i], 1e-6);
                }
            },
            seed: "0000KOIPe036", iter: 100, threads: 1);
    }

    [Theory]
    [InlineData(-0.1, 2)]
    [InlineData(1.1, 2)]
    [InlineData(double.NaN, 2)]
    [InlineData(0.5, -1)]
    [InlineData(0.5, double.NaN)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void Focal_loss_rejects_an_invalid_alpha_or_gamma(double alpha, double gamma) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Focal(alpha, gamma));

    private static double[] Values(IExampleLoss loss, double[] logits, int width, long[] labels)
    {
        using var scope = NewDisposeScope();
        return [.. loss.PerExample(tensor(logits).view(-1, width), tensor(labels)).data<double>()];
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], Math.Max(1e-8, 1e-7 * Math.Abs(expected[i])));
    }
}
