using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Tasks.Tests.Images;

namespace HnmStreams.Tasks.Tests.Backbones;

/// <summary>Conformance of the classification of texts by a trainable backbone.</summary>
public sealed class BackboneTextConformance : LabeledTaskConformance, IDisposable
{
    private readonly SmallBackbone _backbone = new();

    public void Dispose() => _backbone.Dispose();

    protected override IReadOnlyList<string> SupportedInputs => ["text"];

    protected override bool PadsTexts => true;

    protected override IMiningTask Create() => TaskCatalog.Create("text", _backbone.OfTexts(options => (options.Text.Positive, options.Text.Labels) = (null, ["a", "b", "c", "d"])));

    protected override Example ValidExample(int index) => new($"{index}", new Target.ClassIndex(index % 4), new ExampleInput.Text($"{SmallBackbone.Words[index % 4]} card{string.Concat(Enumerable.Repeat(" a", index % 3))}"));
}

/// <summary>Conformance of retrieval by a trainable backbone.</summary>
public sealed class BackboneRetrievalConformance : GroupedTaskConformance, IDisposable
{
    private readonly SmallBackbone _backbone = new();

    public void Dispose() => _backbone.Dispose();

    protected override IReadOnlyList<string> SupportedInputs => ["text"];

    protected override bool PadsTexts => true;

    protected override IMiningTask Create() => TaskCatalog.Create("retrieval", _backbone.OfTexts(static options => options.Retrieval.Embedding = SmallBackbone.Width));

    protected override Example ValidExample(int index) => new($"{index}", new Target.Identity($"group {index % 4}"), new ExampleInput.Text($"{SmallBackbone.Words[index % 4]} card{string.Concat(Enumerable.Repeat(" a", index % 3))}"));
}

/// <summary>Conformance of the classification of images by a trainable backbone.</summary>
public sealed class BackboneImagesConformance : LabeledTaskConformance, IDisposable
{
    private readonly SmallBackbone _backbone = new();

    public void Dispose() => _backbone.Dispose();

    // Without class names, every label except the positive one is negative.
    protected override IReadOnlyList<string> SupportedTargets => ["label", "index"];

    protected override IMiningTask Create() => TaskCatalog.Create("images", _backbone.OfImages(static options => options.Images.Positive = "1"));

    protected override Example ValidExample(int index) => TestImages.Stripe(index, 24, 20, 1, new Target.ClassIndex(index % 4 == 1 ? 1 : 0));
}

/// <summary>Conformance of faces by a trainable backbone.</summary>
public sealed class BackboneFacesConformance : GroupedTaskConformance, IDisposable
{
    private readonly SmallBackbone _backbone = new();

    public void Dispose() => _backbone.Dispose();

    protected override IMiningTask Create() => TaskCatalog.Create("faces", _backbone.OfImages(static options => options.Faces.Embedding = 12));

    protected override Example ValidExample(int index) => TestImages.Stripe(index, 24, 20, 1, new Target.Identity($"person-{index % 4}"));
}
