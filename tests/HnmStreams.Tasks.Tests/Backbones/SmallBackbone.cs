using HnmStreams.Tasks.Catalog;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Backbones;

/// <summary>Small backbones with random weights in a temporary folder, written under the names of published files, and the settings of tasks with them.</summary>
internal sealed class SmallBackbone : IDisposable
{
    public const int Width = 16, Layers = 2, Side = 32, Positions = 10;

    public static readonly string[] Words = ["lost", "transfer", "rate", "why"];

    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. Words, "card", "a", "text", "##s"];

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-backbone-").FullName;

    static SmallBackbone() => TorchLibrary.EnsureLoaded();

    public string Texts => Path.Combine(_folder, "bert.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public TaskOptions OfTexts(Action<TaskOptions> change)
    {
        var vocabulary = Path.Combine(_folder, "vocab.txt");
        if (!File.Exists(Texts))
        {
            Write(Texts, Bert());
            File.WriteAllLines(vocabulary, Vocabulary);
        }

        var options = new TaskOptions();
        (options.Backbone.File, options.Backbone.Tokenizer, options.Backbone.MaxTokens, options.Backbone.Heads) = (Texts, vocabulary, 8, 4);
        change(options);
        return options;
    }

    public TaskOptions OfImages(Action<TaskOptions> change)
    {
        var file = Path.Combine(_folder, "resnet.safetensors");
        if (!File.Exists(file))
            Write(file, Residual());
        var options = new TaskOptions();
        (options.Backbone.File, options.Backbone.Image.Means, options.Backbone.Image.Deviations) = (file, [0.5f], [0.25f]);
        options.Backbone.Image.Resize = "fit";
        (options.Images.Height, options.Images.Width, options.Faces.Height, options.Faces.Width) = (Side, Side, Side, Side);
        change(options);
        return options;
    }

    private static IEnumerable<(string, long[])> Bert()
    {
        yield return ("bert.embeddings.word_embeddings.weight", [Vocabulary.Length, Width]);
        yield return ("bert.embeddings.position_embeddings.weight", [Positions, Width]);
        yield return ("bert.embeddings.token_type_embeddings.weight", [2, Width]);
        yield return ("bert.embeddings.LayerNorm.weight", [Width]);
        yield return ("bert.embeddings.LayerNorm.bias", [Width]);
        for (var layer = 0; layer < Layers; layer++)
        {
            foreach (var (part, outputs, inputs) in ((string, long, long)[])
                [
                    ("attention.self.query", Width, Width), ("attention.self.key", Width, Width), ("attention.self.value", Width, Width), ("attention.output.dense", Width, Width),
                    ("intermediate.dense", 2 * Width, Width), ("output.dense", Width, 2 * Width),
                ])
            {
                yield return ($"bert.encoder.layer.{layer}.{part}.weight", [outputs, inputs]);
                yield return ($"bert.encoder.layer.{layer}.{part}.bias", [outputs]);
            }

            foreach (var norm in (string[])["attention.output.LayerNorm", "output.LayerNorm"])
            {
                yield return ($"bert.encoder.layer.{layer}.{norm}.weight", [Width]);
                yield return ($"bert.encoder.layer.{layer}.{norm}.bias", [Width]);
            }
        }

        // Published files have more: it is ignored.
        yield return ("bert.pooler.dense.weight", [Width, Width]);
        yield return ("cls.predictions.bias", [Vocabulary.Length]);
    }

    // One block of two convolutions per stage.
    private static IEnumerable<(string, long[])> Residual()
    {
        foreach (var tensor in Layer("conv1", "bn1", 64, 1, 7))
            yield return tensor;
        var inputs = 64L;
        for (var stage = 1; stage <= 4; stage++)
        {
            var (name, maps) = ($"layer{stage}.0.", 32L << stage);
            var layers = Layer($"{name}conv1", $"{name}bn1", maps, inputs, 3).Concat(Layer($"{name}conv2", $"{name}bn2", maps, maps, 3));
            foreach (var tensor in stage == 1 ? layers : layers.Concat(Layer($"{name}downsample.0", $"{name}downsample.1", maps, inputs, 1)))
                yield return tensor;
            inputs = maps;
        }

        static (string, long[])[] Layer(string convolution, string norm, long outputs, long inputs, long kernel) =>
        [
            ($"{convolution}.weight", [outputs, inputs, kernel, kernel]), ($"{norm}.weight", [outputs]), ($"{norm}.bias", [outputs]),
            ($"{norm}.running_mean", [outputs]), ($"{norm}.running_var", [outputs]),
        ];
    }

    private static void Write(string path, IEnumerable<(string Name, long[] Shape)> shapes)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        SafetensorsFile.Write(path, shapes.ToDictionary(
            static s => s.Name,
            s => s.Name.EndsWith("running_var", StringComparison.Ordinal) || (s.Shape.Length == 1 && s.Name.EndsWith("weight", StringComparison.Ordinal))
                ? ones(s.Shape)
                : randn(s.Shape, generator: generator) * (1 / Math.Sqrt(s.Shape[^1])),
            StringComparer.Ordinal));
    }
}
