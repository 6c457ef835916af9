using HnmStreams.Testing;
using HnmStreams.Torch.Export;
using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Networks.EmbeddingBags;
using HnmStreams.Torch.Networks.Heads;
using HnmStreams.Torch.Networks.Images;
using HnmStreams.Torch.Networks.Tables;
using HnmStreams.Torch.Tests.Networks.Backbones;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Export;

/// <summary>Tests that ONNX Runtime computes the same from an exported file as the network does.</summary>
public sealed class OnnxExportTests
{
    private const int Rows = 100;
    private const double MaxDifference = 1e-4;

    // Each network has at least ten outputs per row, so that 1,000 outputs are compared.
    private static readonly Dictionary<string, (Func<nn.Module<Tensor, Tensor>> Create, Func<Tensor> Input, long[] Shape)> Networks = new(StringComparer.Ordinal)
    {
        ["SmallConvNet"] = (static () => new SmallConvNet(3, 18, 15, 10), static () => randn(Rows, 3, 18, 15), [-1, 3, 18, 15]),
        ["EmbeddingConvNet"] = (static () => new EmbeddingConvNet(1, 24, 17, 16), static () => randn(Rows, 1, 24, 17), [-1, 1, 24, 17]),
        ["AnchorDetector"] = (static () => new AnchorDetector(7, 1, 3, 3), static () => randn(Rows, 3, 32, 48), [-1, 3, 32, 48]),
        ["AnchorDetector, one map"] = (static () => new AnchorDetector(6, 0, 2, 2), static () => randn(Rows, 3, 32, 32), [-1, 3, 32, 32]),
        ["Mlp"] = (static () => new Mlp(12, [16, 8], 10), static () => randn(Rows, 12), [-1, 12]),
        ["Mlp, linear"] = (static () => new Mlp(12, [], 10), static () => randn(Rows, 12), [-1, 12]),
        ["ScaledMlp"] = (static () => new ScaledMlp(7, [16], 10), static () => randn(Rows, 7) * 1000, [-1, 7]),
        ["FeatureHead"] = (static () => new FeatureHead(32, [16], 10, isEmbedding: false), static () => Unit(32), [-1, 32]),
        ["FeatureHead, embedding"] = (static () => new FeatureHead(32, [16], 12, isEmbedding: true), static () => Unit(32), [-1, 32]),
        ["FeatureHead, residual"] = (static () => new FeatureHead(32, [16], 32, isEmbedding: true), static () => Unit(32), [-1, 32]),
        ["BackboneNet, mean of tokens"] = (static () => SmallBackbones.Bert(isMean: true, outputs: 10), static () => SmallBackbones.Tokens(Rows, 9), [-1, -1]),
        ["BackboneNet, first token"] = (static () => SmallBackbones.Bert(isMean: false, outputs: SmallBackbones.Width, isEmbedding: true), static () => SmallBackbones.Tokens(Rows, 7), [-1, -1]),
        ["BackboneNet, ResNet of two convolutions"] = (static () => SmallBackbones.Residual([2, 1, 1, 1], isBottleneck: false, outputs: 10), static () => randn(Rows, 3, 33, 40), [-1, 3, 33, 40]),
        ["BackboneNet, ResNet of three convolutions"] = (static () => SmallBackbones.Residual([1, 2, 1, 1], isBottleneck: true, outputs: 10), static () => randn(Rows, 3, 32, 32), [-1, 3, 32, 32]),
        ["BagEncoder"] = (static () => new BagEncoder(256, 16), static () => Hashed(256), [-1, -1, 2]),
        ["WideAndDeep"] = (static () => new WideAndDeep(256, 16, 10), static () => Hashed(256), [-1, -1, 2]),
        ["NamedFeatureNet"] = (static () => new NamedFeatureNet(64, [16, 8], 10), static () => Named(64), [-1, -1, 2]),
        ["NamedFeatureNet, linear"] = (static () => new NamedFeatureNet(64, [], 10), static () => Named(64), [-1, -1, 2]),
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ONNX_Runtime_returns_the_outputs_of_the_network(string name)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        var (create, createInput, shape) = Networks[name];
        using var network = create();
        var input = createInput();
        Train(network, input);
        network.eval();
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Write(path, network, NetworkFactory.State(network).ToDictionary(static s => s.Name, static s => s.Tensor, StringComparer.Ordinal), shape, new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = "test" });

        var expected = network.forward(input).contiguous();
        using var session = new InferenceSession(path);
        Assert.Equal("test", session.ModelMetadata.CustomMetadataMap["task"]);
        // Also another number of rows than the trained one.
        foreach (var rows in (long[])[Rows, 1])
        {
            var part = input[..(int)rows].contiguous();
            using var value = part.dtype == ScalarType.Int64
                ? OrtValue.CreateTensorValueFromMemory(part.data<long>().ToArray(), part.shape)
                : OrtValue.CreateTensorValueFromMemory(part.data<float>().ToArray(), part.shape);
            using var run = new RunOptions();
            using var outputs = session.Run(run, ["input"], [value], ["output"]);
            Assert.Equal([rows, expected.shape[1]], outputs[0].GetTensorTypeAndShape().Shape);
            var (actual, wanted) = (outputs[0].GetTensorDataAsSpan<float>().ToArray(), expected[..(int)rows].contiguous().data<float>().ToArray());
            Assert.True(rows == 1 || actual.Length >= 1_000);
            Assert.InRange(actual.Zip(wanted, static (a, b) => Math.Abs(a - b)).Max(), 0, MaxDifference);
        }
    }

    [Fact]
    public void Every_built_in_network_has_an_export()
    {
        var built = typeof(Mlp).Assembly.GetTypes()
            .Where(static type => type.IsPublic && type.IsAssignableTo(typeof(nn.Module<Tensor, Tensor>)) && type != typeof(TorchScriptModel) && type != typeof(HashedBag));
        Assert.All(built, type => Assert.Contains(Networks.Keys, name => name.StartsWith(type.Name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Another_network_is_refused_with_the_names_of_those_that_have_an_export()
    {
        using var network = nn.Identity();
        Assert.False(OnnxExport.Supports(network));
        var error = Assert.Throws<NotSupportedException>(() => OnnxExport.Write("unused", network, new Dictionary<string, Tensor>(StringComparer.Ordinal), [-1, 1], new Dictionary<string, string>(StringComparer.Ordinal)));
        Assert.Contains("SmallConvNet", error.Message, StringComparison.Ordinal);
    }

    // A few steps, so that statistics and zeroed layers have values.
    private static void Train(nn.Module<Tensor, Tensor> network, Tensor input)
    {
        network.train();
        using var optimizer = optim.SGD(network.parameters().Where(static p => p.requires_grad), 0.05);
        for (var i = 0; i < 3; i++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var output = network.forward(input);
            (output - randn_like(output)).pow(2).mean().backward();
            optimizer.step();
        }
    }

    private static Tensor Unit(int width) => nn.functional.normalize(randn(Rows, width), 2, 1);

    // 0 to 9 distinct buckets per row; 0 and 0 pad.
    private static Tensor Hashed(int buckets)
    {
        var input = zeros(Rows, 9, 2);
        for (var row = 0; row < Rows; row++)
        {
            for (var i = 0; i < row % 10; i++)
                (input[row, i, 0], input[row, i, 1]) = (tensor((float)((row + (i * 29)) % buckets)), tensor(0.1f + i));
        }

        return input;
    }

    // Numbers in the lower half of the buckets, categories (value 1) in the upper half; -1 pads.
    private static Tensor Named(int buckets)
    {
        var input = full(Rows, 9, 2, -1f);
        for (var row = 0; row < Rows; row++)
        {
            for (var i = 0; i < row % 10; i++)
            {
                var bucket = (row + (i * 7)) % buckets;
                (input[row, i, 0], input[row, i, 1]) = (tensor((float)bucket), tensor(bucket < buckets / 2 ? (row * 3.5f) - (40 * i) : 1));
            }
        }

        return input;
    }
}
