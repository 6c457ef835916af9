using CsCheck;
using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning.Optimizers;

/// <summary>Expected weights come from torch.optim of PyTorch 1.13 in double precision, with a learning rate of 0.1 and four steps.</summary>
public sealed class OptimizerTests
{
    public OptimizerTests() => TorchLibrary.EnsureLoaded();

    public static TheoryData<string, double, double[][]> Expected => new()
    {
        { "adam", 0, [[0.90000001, -1.9, 2.90001, 0.400000002, -0.25], [0.803481814, -1.8, 2.80002, 0.40526316, -0.25], [0.707681696, -1.7, 2.70003, 0.371683825, -0.25], [0.611640672, -1.6, 2.60004, 0.376946982, -0.25]] },
        { "adam", 0.01, [[0.900000009, -1.9, 2.90000003, 0.400000002, -0.1500004], [0.802947348, -1.80000129, 2.80010238, 0.404363902, -0.0542518124], [0.706610012, -1.70000474, 2.70038014, 0.370038079, 0.0302071631], [0.610100901, -1.6000112, 2.60091006, 0.374470867, 0.0931369277]] },
        { "adam by tensors", 0, [[0.90000001, -1.9, 2.90001, 0.400000002, -0.25], [0.803481814, -1.8, 2.80002, 0.40526316, -0.25], [0.707681696, -1.7, 2.70003, 0.371683825, -0.25], [0.611640672, -1.6, 2.60004, 0.376946982, -0.25]] },
        { "adam by tensors", 0.01, [[0.900000009, -1.9, 2.90000003, 0.400000002, -0.1500004], [0.802947348, -1.80000129, 2.80010238, 0.404363902, -0.0542518124], [0.706610012, -1.70000474, 2.70038014, 0.370038079, 0.0302071631], [0.610100901, -1.6000112, 2.60091006, 0.374470867, 0.0931369277]] },
        { "sgd", 0, [[0.99, -1.8, 2.99999, 0.45, -0.25], [0.961, -1.42, 2.999971, 0.455, -0.25], [0.9049, -0.878, 2.9999439, 0.4095, -0.25], [0.81441, -0.1902, 2.99990951, 0.41855, -0.25]] },
        { "sgd", 0.01, [[0.989, -1.798, 2.99699, 0.4495, -0.24975], [0.958111, -1.414402, 2.99127401, 0.4536005, -0.24927525], [0.899352789, -0.867749398, 2.98312834, 0.40683735, -0.2485987], [0.805571046, -0.174894307, 2.97280412, 0.414343677, -0.247741206]] },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void Weights_match_PyTorch(string optimizer, double decay, double[][] expected)
    {
        using var weight = tensor([1f, -2f, 3f, 0.5f, -0.25f]);
        using var update = Create(optimizer, weight, decay);
        for (var step = 0; step < expected.Length; step++)
        {
            using var scope = NewDisposeScope();
            var gradient = tensor([0.1f * (step + 1), -2f, 1e-4f, step % 2 == 0 ? 0.5f : -0.5f, 0f]);
            update.Apply([DenseTensor.Of(gradient)], 0.1, 1);
            var actual = weight.data<float>().ToArray();
            for (var i = 0; i < actual.Length; i++)
                Assert.Equal(expected[step][i], actual[i], 2e-6);
        }

        Assert.Equal(4, update.Steps);
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("adam by tensors")]
    [InlineData("sgd")]
    public void The_scale_multiplies_the_gradient(string optimizer)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(37), ones(37));
        using var scaled = Create(optimizer, a, 0);
        using var prescaled = Create(optimizer, b, 0);
        var gradient = randn(37);
        scaled.Apply([DenseTensor.Of(gradient)], 0.01, 0.25);
        prescaled.Apply([DenseTensor.Of(gradient * 0.25)], 0.01, 1);
        Assert.True(a.allclose(b, 1e-6, 1e-7));
    }

    [Fact]
    public void Both_implementations_of_Adam_agree_for_every_length() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 5]).Sample(
            (length, steps) =>
            {
                using var scope = NewDisposeScope();
                var (a, b) = (ones(length), ones(length));
                using var vectors = Create("adam", a, 0.02);
                using var tensors = Create("adam by tensors", b, 0.02);
                for (var i = 0; i < steps; i++)
                {
                    var gradient = DenseTensor.Of(randn(length));
                    vectors.Apply([gradient], 0.05, 0.5);
                    tensors.Apply([gradient], 0.05, 0.5);
                }

                Assert.True(a.allclose(b, 1e-4, 1e-5));
            },
            seed: "0000KOIPe036", iter: 60, threads: 1);

    [Fact]
    public void State_has_the_memory_order_of_its_parameter()
    {
        using var scope = NewDisposeScope();
        var weight = randn(4, 3, 3, 2).permute(0, 3, 1, 2);
        using var update = Create("adam", weight, 0);
        Assert.Equal(["weight.mean", "weight.square"], update.State.Select(s => s.Name));
        Assert.All(update.State, s => Assert.Equal(weight.stride(), s.Tensor.stride()));
        Assert.All(update.State, s => Assert.Equal(weight.shape, s.Tensor.shape));
    }

    private static IParameterUpdate Create(string name, Tensor weight, double decay) => name switch
    {
        "adam" => new AdamUpdate([("weight", weight)], decay, vectorized: true),
        "adam by tensors" => new AdamUpdate([("weight", weight)], decay, vectorized: false),
        _ => new SgdUpdate([("weight", weight)], 0.9, decay),
    };
}
