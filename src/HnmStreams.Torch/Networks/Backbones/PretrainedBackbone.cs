using System.Globalization;
using HnmStreams.Torch.Networks.Heads;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>
/// A published network that continues to be trained: its architecture and weights, recognized by the names of the tensors of a safetensors file. BERT-style encoders of texts
/// have the names of Hugging Face, residual networks those of TorchVision.
/// </summary>
/// <remarks>Thread-safe. It keeps the weights in host memory, so that each new network starts from them.</remarks>
public sealed class PretrainedBackbone
{
    private const string Words = "embeddings.word_embeddings.weight";
    private const string Stem = "conv1.weight";
    private const string BertLayers = "encoder.layer.";
    private const string Stage = "layer";

    private readonly BackboneTensors _tensors;
    private readonly Func<ProductPrecision, nn.Module<Tensor, Tensor>> _create;

    private PretrainedBackbone(BackboneTensors tensors, string architecture, int layers, Func<ProductPrecision, nn.Module<Tensor, Tensor>> create)
    {
        (_tensors, Architecture, Layers, _create) = (tensors, architecture, layers, create);
        using var network = Create(ProductPrecision.Float32);
        Width = ((IBackbone)network).Width;
        TakesTokens = ((IBackbone)network).TakesTokens;
        if ((network as BertEncoder)?.Shape is { } shape)
            (MaxTokens, Vocabulary) = (shape.Positions, shape.Vocabulary);
        Channels = TakesTokens ? 0 : (int)tensors.Shape(Stem, 4)[1];
    }

    /// <summary>The architecture with its sizes, for people.</summary>
    public string Architecture { get; }

    /// <summary>The number of features.</summary>
    public int Width { get; }

    /// <summary>True if the input is the ids of tokens, false if it is images.</summary>
    public bool TakesTokens { get; }

    /// <summary>The maximum number of tokens of a text; 0 for images.</summary>
    public int MaxTokens { get; }

    /// <summary>The number of tokens of the vocabulary; 0 for images.</summary>
    public int Vocabulary { get; }

    /// <summary>The number of channels of images; 0 for texts.</summary>
    public int Channels { get; }

    /// <summary>The number of layers: the embeddings or the first convolution, and the layers of BERT or the four stages of a residual network.</summary>
    public int Layers { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="heads">The number of attention heads of a BERT encoder; null is that of the <c>config.json</c> in the same folder.</param>
    /// <param name="isMean">True if the features of a text are the mean over its tokens, false if they are those of the first token.</param>
    /// <exception cref="InvalidDataException">The file is not that of a supported network. The message has the reason.</exception>
    public static PretrainedBackbone Read(string path, int? heads, bool isMean)
    {
        if (!File.Exists(path))
            throw new InvalidDataException("There is no such file. Relative paths start at the working folder.");
        var tensors = new BackboneTensors(path, Words, Stem);
        return string.Equals(tensors.First, Words, StringComparison.Ordinal) ? Bert(tensors, BertConfig.Beside(path), heads, isMean) : Residual(tensors);
    }

    /// <summary>Creates a network: the backbone with the weights of the file, and a new head.</summary>
    /// <param name="hidden">The widths of the head's hidden layers.</param>
    /// <param name="outputs">The number of logits, or the width of the embedding.</param>
    /// <param name="computing">The precision and the use of memory; null for float32 and the fastest steps.</param>
    public BackboneNet CreateNetwork(IReadOnlyList<int> hidden, int outputs, bool isEmbedding, BackboneComputing? computing = null) =>
        new(Create(computing?.Precision ?? ProductPrecision.Float32), new FeatureHead(Width, hidden, outputs, isEmbedding), computing);

    /// <summary>Returns the layer of a parameter of <see cref="CreateNetwork"/>, counted from the input; null for the head.</summary>
    public int? LayerOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (!parameter.StartsWith(BackboneNet.BackbonePrefix, StringComparison.Ordinal))
            return null;
        var name = parameter.AsSpan(BackboneNet.BackbonePrefix.Length);
        if (TakesTokens)
            return name.StartsWith(BertLayers, StringComparison.Ordinal) ? 1 + Number(name[BertLayers.Length..]) : 0;
        return name.StartsWith(Stage, StringComparison.Ordinal) ? Number(name[Stage.Length..]) : 0;
    }

    private nn.Module<Tensor, Tensor> Create(ProductPrecision precision)
    {
        var network = _create(precision);
        try
        {
            _tensors.CopyTo(network);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static PretrainedBackbone Bert(BackboneTensors tensors, BertConfig config, int? heads, bool isMean)
    {
        var words = tensors.Shape(Words, 2);
        var layers = tensors.Count(static i => $"{BertLayers}{i}.attention.self.query.weight");
        if (layers == 0)
            throw new InvalidDataException($"The file must have the tensor '{BertLayers}0.attention.self.query.weight' but does not: it is not a BERT encoder.");
        var number = heads ?? config.Heads ?? throw new InvalidDataException("The number of attention heads is not known, because there is no config.json beside the file. Copy it there, or set 'task.backbone.heads'.");
        if (number < 1 || words[1] % number != 0)
            throw new InvalidDataException($"The number of attention heads must be a divisor of {words[1]} features but is {number}.");
        var shape = new BertShape(
            checked((int)words[0]), checked((int)tensors.Shape("embeddings.position_embeddings.weight", 2)[0]), checked((int)tensors.Shape("embeddings.token_type_embeddings.weight", 2)[0]),
            checked((int)words[1]), checked((int)tensors.Shape($"{BertLayers}0.intermediate.dense.weight", 2)[0]), layers, number, config.Epsilon);
        return new PretrainedBackbone(tensors, $"BERT, {shape.Layers} layers, {shape.Heads} heads, {shape.Width} features", layers + 1, precision => new BertEncoder(shape, isMean, precision));
    }

    private static PretrainedBackbone Residual(BackboneTensors tensors)
    {
        var channels = checked((int)tensors.Shape(Stem, 4)[1]);
        int[] blocks = [.. Enumerable.Range(1, ResNet.Stages).Select(stage => tensors.Count(i => $"{Stage}{stage}.{i}.conv1.weight"))];
        if (blocks.Contains(0))
            throw new InvalidDataException($"The file must have the tensors '{Stage}1.0.conv1.weight' to '{Stage}{ResNet.Stages}.0.conv1.weight' but does not: it is not a residual network of TorchVision.");
        var isBottleneck = tensors.Has($"{Stage}1.0.conv3.weight");
        var convolutions = 2 + (blocks.Sum() * (isBottleneck ? 3 : 2));
        return new PretrainedBackbone(tensors, $"ResNet-{convolutions}", ResNet.Stages + 1, precision => new ResNet(channels, blocks, isBottleneck, precision));
    }

    private static int Number(ReadOnlySpan<char> text) => int.Parse(text[..text.IndexOf('.')], NumberStyles.None, CultureInfo.InvariantCulture);
}
