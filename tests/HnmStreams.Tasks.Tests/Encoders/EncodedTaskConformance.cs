using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Tasks.Tests.Images;
using HnmStreams.Testing.Tensors;

namespace HnmStreams.Tasks.Tests.Encoders;

/// <summary>Conformance of the classification of texts on a frozen encoder, here a small TorchScript file.</summary>
public sealed class EncodedTextConformance : LabeledTaskConformance, IDisposable
{
    private readonly SmallEncoder _encoder = new();

    public void Dispose() => _encoder.Dispose();

    protected override IReadOnlyList<string> SupportedInputs => ["text"];

    protected override IMiningTask Create() => TaskCatalog.Create("text", _encoder.OfTexts(options => (options.Text.Positive, options.Text.Labels) = (null, ["a", "b", "c", "d"])));

    protected override Example ValidExample(int index) => new($"{index}", new Target.ClassIndex(index % 4), new ExampleInput.Text(SmallEncoder.Words[index % 4] + " card"));
}

/// <summary>Conformance of retrieval on a frozen encoder.</summary>
public sealed class EncodedRetrievalConformance : GroupedTaskConformance, IDisposable
{
    private readonly SmallEncoder _encoder = new();

    public void Dispose() => _encoder.Dispose();

    protected override IReadOnlyList<string> SupportedInputs => ["text"];

    protected override IMiningTask Create() => TaskCatalog.Create("retrieval", _encoder.OfTexts(static options => options.Retrieval.Embedding = SmallEncoder.Width));

    protected override Example ValidExample(int index) => new($"{index}", new Target.Identity($"group {index % 4}"), new ExampleInput.Text(SmallEncoder.Words[index % 4] + " card"));
}

/// <summary>Conformance of the classification of images on a frozen encoder.</summary>
public sealed class EncodedImagesConformance : LabeledTaskConformance, IDisposable
{
    private readonly SmallEncoder _encoder = new();

    public void Dispose() => _encoder.Dispose();

    // Without class names, every label except the positive one is negative.
    protected override IReadOnlyList<string> SupportedTargets => ["label", "index"];

    protected override IMiningTask Create() => TaskCatalog.Create("images", _encoder.OfImages(static options => options.Images.Positive = "1"));

    protected override Example ValidExample(int index) => TestImages.Stripe(index, 24, 20, 1, new Target.ClassIndex(index % 4 == 1 ? 1 : 0));
}

/// <summary>Conformance of faces on a frozen encoder.</summary>
public sealed class EncodedFacesConformance : GroupedTaskConformance, IDisposable
{
    private readonly SmallEncoder _encoder = new();

    public void Dispose() => _encoder.Dispose();

    protected override IMiningTask Create() => TaskCatalog.Create("faces", _encoder.OfImages(static options => options.Faces.Embedding = 12));

    protected override Example ValidExample(int index) => TestImages.Stripe(index, 24, 20, 1, new Target.Identity($"person-{index % 4}"));
}

/// <summary>Small encoders in a temporary folder, and the settings of tasks with them.</summary>
internal sealed class SmallEncoder : IDisposable
{
    public const int Width = 12, Side = 16;

    public static readonly string[] Words = ["lost", "transfer", "rate", "why"];

    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. Words, "card", "a", "text", "##s"];

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-encoder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public TaskOptions OfTexts(Action<TaskOptions> change)
    {
        var (model, vocabulary) = (Path.Combine(_folder, "text.pt"), Path.Combine(_folder, "vocab.txt"));
        if (!File.Exists(model))
        {
            TorchScriptFile.WriteTokenEncoder(model, Vocabulary.Length, Width);
            File.WriteAllLines(vocabulary, Vocabulary);
        }

        var options = new TaskOptions();
        (options.Encoder.File, options.Encoder.Tokenizer, options.Encoder.MaxTokens) = (model, vocabulary, 8);
        (options.Encoder.Storage, options.Encoder.Hidden) = ("float32", [16]);
        change(options);
        return options;
    }

    public TaskOptions OfImages(Action<TaskOptions> change)
    {
        var model = Path.Combine(_folder, "image.pt");
        if (!File.Exists(model))
            TorchScriptFile.WriteImageEncoder(model, Side * Side, 24);
        var options = new TaskOptions();
        (options.Encoder.File, options.Encoder.Image.Means, options.Encoder.Image.Deviations) = (model, [0.5f], [0.25f]);
        options.Encoder.Image.Resize = "fit";
        (options.Images.Height, options.Images.Width, options.Faces.Height, options.Faces.Width) = (Side, Side, Side, Side);
        options.Encoder.Hidden = [16];
        change(options);
        return options;
    }
}
