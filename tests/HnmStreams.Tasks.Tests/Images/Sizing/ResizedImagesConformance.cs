using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Tests.Conformance;

namespace HnmStreams.Tasks.Tests.Images.Sizing;

/// <summary>Conformance of the classification of images that are resized.</summary>
public sealed class ResizedImagesConformance : LabeledTaskConformance
{
    protected override IReadOnlyList<string> SupportedTargets => ["label", "index"];

    protected override IMiningTask Create() => new ImagesTask(new ImagesOptions { Height = 16, Width = 16, Positive = "1", Resize = "letterbox" });

    protected override Example ValidExample(int index) => TestImages.Stripe(index, 24, 20, 1, new Target.ClassIndex(index % 4 == 1 ? 1 : 0));
}
