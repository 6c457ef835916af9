using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Tests.Conformance;

namespace HnmStreams.Tasks.Tests.Images;

public sealed class OneAgainstTheRestConformance : LabeledTaskConformance
{
    // Without class names, every label except the positive one is negative.
    protected override IReadOnlyList<string> SupportedTargets => ["label", "index"];

    protected override IMiningTask Create() => new ImagesTask(new ImagesOptions { Height = 8, Width = 12, Positive = "2" });

    protected override Example ValidExample(int index) => TestImages.Stripe(index, 8, 12, 1, new Target.ClassIndex(index % 4));
}

public sealed class FocalConformance : LabeledTaskConformance
{
    protected override IMiningTask Create() =>
        new ImagesTask(new ImagesOptions { Height = 8, Width = 8, Positive = "coat", Labels = ["shirt", "coat", "bag", "boot"], Loss = "focal" });

    protected override Example ValidExample(int index) =>
        TestImages.Stripe(index, 8, 8, 1, index % 2 == 0 ? new Target.ClassIndex(index % 4) : new Target.Label(index % 4 == 1 ? "coat" : "boot"));
}

public sealed class SeveralClassesConformance : LabeledTaskConformance
{
    protected override IMiningTask Create() =>
        new ImagesTask(new ImagesOptions { Height = 10, Width = 8, Channels = 3, Labels = ["a", "b", "c", "d"] });

    protected override Example ValidExample(int index) => TestImages.Stripe(index, 10, 8, 3, new Target.ClassIndex(index % 4));
}

public sealed class PlainNetworkConformance : LabeledTaskConformance
{
    // Without class names, every label except the positive one is negative.
    protected override IReadOnlyList<string> SupportedTargets => ["label", "index"];

    protected override IMiningTask Create() => new ImagesTask(new ImagesOptions { Height = 4, Width = 4, Positive = "2", Network = "mlp" });

    protected override Example ValidExample(int index) => TestImages.Stripe(index, 4, 4, 1, new Target.ClassIndex(index % 4));
}
