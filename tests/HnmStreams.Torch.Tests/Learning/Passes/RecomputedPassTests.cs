using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Learning.Passes;
using HnmStreams.Torch.Networks.Backbones;
using HnmStreams.Torch.Tests.Networks.Backbones;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning.Passes;

/// <summary>Tests that a backward pass which recomputes the layers has the gradients of one that keeps all activations.</summary>
public sealed class RecomputedPassTests
{
    private static readonly BackboneComputing Recomputed = new(RecomputesActivations: true);

    public static TheoryData<string, int, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, bool>();
            foreach (var network in (string[])["mean", "first token", "two convolutions", "three convolutions"])
            {
                foreach (var rowsPerPass in (int[])[0, 3])
                {
                    cases.Add(network, rowsPerPass, false);
                    cases.Add(network, rowsPerPass, true);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradients_are_those_of_a_pass_that_keeps_all_activations(string network, int rowsPerPass, bool couplesRows)
    {
        using var scope = NewDisposeScope();
        using var net = Create(network, Recomputed);
        var input = Input(network, 8);
        AssertSameGradients(net, input, Enumerable.Range(0, net.parameters().Count()), rowsPerPass, couplesRows);
    }

    [Theory]
    [InlineData("mean", "encoder.layer.1.")]
    [InlineData("mean", "encoder.layer.2.")]
    [InlineData("mean", "head.")]
    [InlineData("two convolutions", "layer2.")]
    [InlineData("two convolutions", "head.")]
    public void Frozen_layers_below_the_first_trained_one_have_no_gradient(string network, string firstTrained)
    {
        using var scope = NewDisposeScope();
        using var net = Create(network, Recomputed);
        var names = net.named_parameters().Select(static p => p.name).ToArray();
        var first = Array.FindIndex(names, name => name.Contains(firstTrained, StringComparison.Ordinal));
        Assert.True(first > 0);
        foreach (var (_, parameter) in net.named_parameters().Take(first))
            parameter.requires_grad = false;
        AssertSameGradients(net, Input(network, 6), Enumerable.Range(first, names.Length - first), 0, false);
    }

    [Fact]
    public void A_pass_leaks_no_tensor()
    {
        using var net = Create("mean", Recomputed);
        using var input = Input("mean", 6);
        void Pass()
        {
            using var scope = NewDisposeScope();
            Run(net, input, [.. Enumerable.Range(0, net.parameters().Count())], 2, true, scope);
        }

        Pass();
        var before = LiveTensors.Settled();
        Pass();
        LiveTensors.AssertAtMost(before);
    }

    [Fact]
    public void Layers_own_each_parameter_once()
    {
        using var scope = NewDisposeScope();
        foreach (var network in (string[])["mean", "two convolutions", "three convolutions"])
        {
            using var net = Create(network, new BackboneComputing());
            var layers = net.Layers(Input(network, 2));
            Assert.All(net.named_parameters(), parameter => Assert.Single(layers, layer => layer.Has(parameter.name)));
        }
    }

    private static void AssertSameGradients(BackboneNet net, Tensor input, IEnumerable<int> indices, int rowsPerPass, bool couplesRows)
    {
        int[] trained = [.. indices];
        using var scope = NewDisposeScope();
        var recomputed = Run(net, input, trained, rowsPerPass, couplesRows, scope);
        var outputs = net.forward(input);
        var parameters = net.parameters().ToArray();
        var expected = autograd.grad([Loss(outputs).mean()], [.. trained.Select(i => parameters[i])], allow_unused: true);
        Assert.InRange((outputs - recomputed.Outputs).abs().max().item<float>(), 0, 1e-6f);
        var largest = expected.Where(static g => !g.IsInvalid).Max(static g => g.to_dense().abs().max().item<float>());
        Assert.InRange(largest, 1e-4f, 1e4f);
        for (var j = 0; j < trained.Length; j++)
        {
            var actual = recomputed.Gradients![trained[j]];
            var shape = parameters[trained[j]].shape;
            var gradient = actual.Rows is { } rows
                ? zeros(shape).index_add_(0, tensor(rows.Touched.ToArray().Select(static row => (long)row).ToArray()), tensor(rows.Values.ToArray()).view(-1, rows.Width), 1)
                : actual.Dense.Tensor;
            var difference = expected[j].IsInvalid ? gradient : gradient - expected[j].to_dense();
            Assert.InRange(difference.abs().max().item<float>(), 0, 1e-5f * largest);
        }

        Assert.All(Enumerable.Range(0, parameters.Length).Except(trained), i => Assert.True(recomputed.Gradients![i].IsNone));
    }

    private static TrainingPassResult Run(BackboneNet net, Tensor input, int[] trained, int rowsPerPass, bool couplesRows, TorchSharp.DisposeScope scope)
    {
        (string Name, Tensor Tensor)[] parameters = [.. net.named_parameters().Select(static p => (p.name, (Tensor)p.parameter))];
        var reader = new GradientReader([.. parameters.Select(static p => p.Tensor)], CPU);
        var pass = new TrainingPass(net, reader, [.. parameters.Select(static p => p.Name)], rowsPerPass, couplesRows, static (outputs, _) => Loss(outputs));
        var rows = (int)input.shape[0];
        return pass.Run(scope, input, zeros(rows, int64), Enumerable.Repeat(1f, rows).ToArray(), new float[rows], trained);
    }

    // A loss of each row. It is independent of other rows, so that it is the same in parts.
    private static Tensor Loss(Tensor outputs) => (outputs.sin() * 3).pow(2).sum(1);

    private static BackboneNet Create(string network, BackboneComputing computing)
    {
        random.manual_seed(5);
        return network switch
        {
            "two convolutions" => SmallBackbones.Residual([2, 1, 1, 1], isBottleneck: false, outputs: 3, computing),
            "three convolutions" => SmallBackbones.Residual([1, 2, 1, 1], isBottleneck: true, outputs: 3, computing),
            _ => SmallBackbones.Bert(isMean: network == "mean", outputs: 3, isEmbedding: false, computing),
        };
    }

    private static Tensor Input(string network, int rows) => network.Contains("convolutions", StringComparison.Ordinal) ? randn(rows, 3, 32, 32) : SmallBackbones.Tokens(rows, 9);
}
