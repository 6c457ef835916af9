using System.IO.Hashing;
using HnmStreams.Tasks.Backbones.Inputs;
using HnmStreams.Tasks.Encoders.Inputs;
using HnmStreams.Tasks.Encoders.Tokens;
using HnmStreams.Tasks.Images;
using HnmStreams.Torch;
using HnmStreams.Torch.Networks.Backbones;

namespace HnmStreams.Tasks.Backbones;

/// <summary>A published network that a task trains, and its inputs. Thread-safe.</summary>
internal sealed class TrainableBackbone
{
    private readonly PretrainedBackbone _network;
    private readonly BackboneOptions _options;

    private TrainableBackbone(PretrainedBackbone network, IBackboneInput input, BackboneOptions options) => (_network, Input, _options) = (network, input, options);

    public IBackboneInput Input { get; }

    /// <summary>Loads a network of texts.</summary>
    /// <param name="section">The section of the task's settings, for messages.</param>
    /// <exception cref="InvalidDataException">A file is missing or does not fit. The message has key, value and remedy.</exception>
    public static TrainableBackbone OfTexts(BackboneOptions options, string section, int maxCharacters, int excerpt)
    {
        if (options.Tokenizer is not { } path)
            throw new InvalidDataException($"'task.backbone.tokenizer' must name the vocab.txt or tokenizer.json of '{options.File}' but is not set: a backbone of texts reads tokens.");
        var tokenizer = TokenizerFile.Read(path, options.Lowercase, "task.backbone.tokenizer");
        var network = Read(options, takesTokens: true);
        if (tokenizer.Size > network.Vocabulary)
            throw new InvalidDataException($"'task.backbone.tokenizer' is '{path}': it must have at most {network.Vocabulary} tokens, like the table of '{options.File}', but has {tokenizer.Size}.");
        if (options.MaxTokens > network.MaxTokens)
            throw new InvalidDataException($"'task.backbone.maxTokens' must be at most {network.MaxTokens}, the positions of '{options.File}', but is {options.MaxTokens}.");
        var hash = XxHash128.HashToUInt128(File.ReadAllBytes(path));
        var texts = new TokenRows(tokenizer, options.MaxTokens, maxCharacters, excerpt, $"{section}.excerpt");
        return new TrainableBackbone(network, new BackboneTexts(texts, options.MaxTokens, $"backbone tokens {hash:x32} at most {options.MaxTokens}"), options);
    }

    /// <summary>Loads a network of images.</summary>
    /// <exception cref="InvalidDataException">The file is missing or does not fit. The message has key, value and remedy.</exception>
    public static TrainableBackbone OfImages(BackboneOptions options, ImageShape shape)
    {
        var images = new PixelRows(ImageInputOptions.Of(options.Image, shape, "task.backbone.image"));
        var network = Read(options, takesTokens: false);
        if (network.Channels != shape.Channels)
            throw new InvalidDataException($"'task.backbone.file' is '{options.File}': its images have {network.Channels} channels, but the task's have {shape.Channels}. Set the task's channels to {network.Channels}.");
        return new TrainableBackbone(network, new BackboneImages(images), options);
    }

    /// <summary>Creates the network with the weights of the file and a new head.</summary>
    public BackboneNet CreateNetwork(int outputs, bool isEmbedding) =>
        _network.CreateNetwork(_options.Hidden, outputs, isEmbedding, new BackboneComputing(_options.UsesBFloat16, _options.RecomputeActivations));

    /// <summary>True if products are computed in bfloat16.</summary>
    public bool UsesBFloat16 => _options.UsesBFloat16;

    /// <summary>Returns how a parameter is trained.</summary>
    public ParameterTraining TrainingOf(string parameter) => LayerTraining.Of(_network.LayerOf(parameter), _network.Layers, _options);

    private static PretrainedBackbone Read(BackboneOptions options, bool takesTokens)
    {
        try
        {
            var network = PretrainedBackbone.Read(options.File!, options.Heads, string.Equals(options.Pooling, "mean", StringComparison.Ordinal));
            return network.TakesTokens == takesTokens
                ? network
                : throw new InvalidDataException($"It is a network of {(takesTokens ? "images" : "texts")} ({network.Architecture}), but the task has {(takesTokens ? "texts" : "images")}.");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'task.backbone.file' is '{options.File}': {e.Message}", e);
        }
    }
}
