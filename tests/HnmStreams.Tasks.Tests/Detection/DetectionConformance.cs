using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Tests.Conformance;

namespace HnmStreams.Tasks.Tests.Detection;

public abstract class DetectionConformance(string background, string? loss = null) : MiningTaskConformance
{
    protected override IReadOnlyList<string> SupportedTargets => ["boxes"];

    protected override IMiningTask Create() => new DetectionTask(new DetectionOptions
    {
        Labels = Scenes.Labels,
        Height = Scenes.Height,
        Width = Scenes.Width,
        Anchors = ["8:12x12", "16:24x16"],
        Background = background,
        Loss = loss,
        Top = 24,
    });

    protected override Example ValidExample(int index) => Scenes.Squares(index);
}

public sealed class HardestBackgroundConformance() : DetectionConformance("hardest");

public sealed class TopBackgroundConformance() : DetectionConformance("top");

public sealed class RandomBackgroundConformance() : DetectionConformance("random");

public sealed class WholeBackgroundConformance() : DetectionConformance("all");

public sealed class FocalDetectionConformance() : DetectionConformance("all", "focal");
