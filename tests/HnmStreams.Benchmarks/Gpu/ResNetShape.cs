using HnmStreams.Torch.Native;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Benchmarks.Gpu;

/// <summary>The convolutions of a residual network of blocks of three (He et al., arXiv 1512.03385; version 1.5 of TorchVision, with the stride in the 3x3 convolution).</summary>
/// <param name="Blocks">The blocks of each of the four stages.</param>
/// <param name="ImageSize">Height and width of an image in pixels, a multiple of 32.</param>
internal sealed record ResNetShape(IReadOnlyList<int> Blocks, int ImageSize)
{
    private const int Expansion = 4;

    public static ResNetShape ResNet50 { get; } = new([3, 4, 6, 3], 224);

    /// <summary>A network of the same kind for a quick check on a CPU.</summary>
    public static ResNetShape Small { get; } = new([1, 1, 1, 1], 64);

    public string Name => $"ResNet-{2 + (3 * Blocks.Sum())}";

    /// <summary>The multiplications and additions of the convolutions of one image.</summary>
    public long OperationsPerImage => 2 * Convolutions().Sum(static c => (long)c.Outputs * c.Inputs * c.Kernel * c.Kernel * c.Size * c.Size);

    /// <summary>Writes random weights under the names of TorchVision. They keep the size of activations, so that steps stay finite.</summary>
    public void WriteWeights(string path, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(seed, CPU);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var convolution in Convolutions())
        {
            var fan = convolution.Inputs * convolution.Kernel * convolution.Kernel;
            tensors[$"{convolution.Name}.weight"] = randn([convolution.Outputs, convolution.Inputs, convolution.Kernel, convolution.Kernel], generator: random).mul(Constants.Of(Math.Sqrt(2.0 / fan)));
            // The last normalization of a block scales its sum with the input.
            var isLast = convolution.Norm.EndsWith("bn3", StringComparison.Ordinal);
            tensors[$"{convolution.Norm}.weight"] = full(convolution.Outputs, Constants.Of(isLast ? 0.2 : 1), float32);
            tensors[$"{convolution.Norm}.bias"] = zeros(convolution.Outputs);
            tensors[$"{convolution.Norm}.running_mean"] = zeros(convolution.Outputs);
            tensors[$"{convolution.Norm}.running_var"] = ones(convolution.Outputs);
        }

        SafetensorsFile.Write(path, tensors);
    }

    private IEnumerable<(string Name, string Norm, int Outputs, int Inputs, int Kernel, int Size)> Convolutions()
    {
        var size = ImageSize / 2;
        yield return ("conv1", "bn1", 64, 3, 7, size);
        size /= 2;
        var inputs = 64;
        for (var stage = 0; stage < Blocks.Count; stage++)
        {
            var maps = 64 << stage;
            for (var i = 0; i < Blocks[stage]; i++)
            {
                var block = $"layer{stage + 1}.{i}";
                yield return ($"{block}.conv1", $"{block}.bn1", maps, inputs, 1, size);
                if (i == 0 && stage > 0)
                    size /= 2;
                yield return ($"{block}.conv2", $"{block}.bn2", maps, maps, 3, size);
                yield return ($"{block}.conv3", $"{block}.bn3", maps * Expansion, maps, 1, size);
                if (i == 0)
                    yield return ($"{block}.downsample.0", $"{block}.downsample.1", maps * Expansion, inputs, 1, size);
                inputs = maps * Expansion;
            }
        }
    }
}
