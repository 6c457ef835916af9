using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch;
using HnmStreams.Torch.Losses;
using HnmStreams.Torch.Networks.Backbones;
using HnmStreams.Torch.Networks.Images;
using static TorchSharp.torch;

namespace HnmStreams.Benchmarks.Backbones;

/// <summary>A classification of random texts or images into ten classes by a published backbone. The rows hold labels only.</summary>
internal sealed class BackboneTask(PretrainedBackbone backbone, BackboneSettings settings) : ILearningTask
{
    private const int RowsPerScoringPass = 16;

    private readonly CrossEntropy _loss = new();

    public string Name => "backbone";

    public int OutputWidth => 10;

    public int RowsPerPass => RowsPerScoringPass;

    public bool LossCouplesRows => false;

    public bool UsesBFloat16 => settings.Computing.UsesBFloat16;

    public Rejection? Encode(Example example, RowBuffer rows) => new("wrong-input", "The benchmark writes the rows itself.");

    public nn.Module<Tensor, Tensor> CreateNetwork() => backbone.CreateNetwork([], OutputWidth, isEmbedding: false, settings.Computing);

    public ParameterTraining TrainingOf(string parameter) =>
        backbone.LayerOf(parameter) is { } layer ? layer < settings.FrozenLayers ? ParameterTraining.Frozen : new ParameterTraining(0.05, 0) : ParameterTraining.Full;

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        using var generator = new Generator(1, CPU);
        return backbone.TakesTokens
            ? randint(0, backbone.Vocabulary, [indices.Length, settings.Size], ScalarType.Int64, generator: generator)
            : ChannelsLast.View(randn([indices.Length, settings.Size, settings.Size, backbone.Channels], generator: generator));
    }

    public Tensor Loss(Tensor outputs, Tensor targets) => _loss.PerExample(outputs, targets);

    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness) => hardness.Clear();
}
