using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Networks.Backbones;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Networks.Backbones;

/// <summary>Tests of backbones with products in bfloat16, against the same weights in float32. A number of bfloat16 has 8 bits of precision.</summary>
public sealed class ProductPrecisionTests
{
    private static readonly BackboneComputing Reduced = new(UsesBFloat16: true);

    [Theory]
    [InlineData("mean")]
    [InlineData("first token")]
    [InlineData("two convolutions")]
    [InlineData("three convolutions")]
    public void Outputs_and_gradients_are_those_of_float32_up_to_rounding(string network)
    {
        using var scope = NewDisposeScope();
        using var full = Create(network, new BackboneComputing());
        using var reduced = Create(network, Reduced);
        var input = network.Contains("convolutions", StringComparison.Ordinal) ? randn(16, 3, 32, 32) : SmallBackbones.Tokens(16, 9);
        var (expected, actual) = (full.forward(input), reduced.forward(input));
        Assert.Equal(ScalarType.Float32, actual.dtype);
        var difference = (expected - actual).abs().max().item<float>();
        Assert.InRange(difference, float.Epsilon, 0.05f * expected.abs().max().item<float>());

        var (a, b) = (Gradients(full, expected), Gradients(reduced, actual));
        foreach (var (name, gradient) in a)
        {
            Assert.Equal(ScalarType.Float32, b[name].dtype);
            var norm = gradient.norm().item<float>();
            // The gradients of keys' biases are 0 but for rounding: softmax does not depend on them.
            if (norm > 1e-4f)
                Assert.InRange((gradient * b[name]).sum().item<float>() / (norm * b[name].norm().item<float>()), 0.97f, 1.0001f);
        }
    }

    [Fact]
    public void The_weights_stay_float32_and_have_the_same_names()
    {
        using var full = Create("mean", new BackboneComputing());
        using var reduced = Create("mean", Reduced);
        Assert.All(reduced.parameters(), static p => Assert.Equal(ScalarType.Float32, p.dtype));
        Assert.Equal(full.named_parameters().Select(static p => p.name), reduced.named_parameters().Select(static p => p.name));
    }

    [Fact]
    public void Only_devices_with_instructions_for_bfloat16_are_accepted()
    {
        TorchDevices.CheckBFloat16(new Device("cuda:0"));
        var flags = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("flags", StringComparison.Ordinal)) : null;
        if (flags is null)
            Assert.Skip("/proc/cpuinfo does not name the instructions of the processor.");
        if (flags.Contains(" avx512f ", StringComparison.Ordinal) && (flags.Contains(" avx512_bf16", StringComparison.Ordinal) || flags.Contains(" amx_bf16", StringComparison.Ordinal)))
            TorchDevices.CheckBFloat16(CPU);
        else
            Assert.Contains("Set task.backbone.precision to float32", Assert.Throws<DeviceException>(() => TorchDevices.CheckBFloat16(CPU)).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Gradients(BackboneNet network, Tensor outputs)
    {
        var parameters = network.named_parameters().ToArray();
        var gradients = autograd.grad([(outputs * outputs).sum()], [.. parameters.Select(static p => (Tensor)p.parameter)], allow_unused: true);
        return parameters.Zip(gradients).Where(static p => !p.Second.IsInvalid).ToDictionary(static p => p.First.name, static p => p.Second.to_dense(), StringComparer.Ordinal);
    }

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
}
