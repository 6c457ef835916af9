using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Tasks.Detection;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Tests.Evaluating;

public sealed class HardnessExplainerTests
{
    [Fact]
    public void Lists_the_hardest_regions_instead_of_outputs_for_a_task_that_mines_inside_its_examples()
    {
        var task = new DetectionTask(new DetectionOptions { Labels = ["bright", "dark"], Height = 32, Width = 48, Anchors = ["8:12x12", "16:24x16"] });
        var rows = new RowBuffer();
        var grey = new ExampleInput.Dense(ElementType.UInt8, [3, 32, 48], Enumerable.Repeat((byte)90, 32 * 48 * 3).ToArray());
        Assert.Null(task.Encode(new Example("grey", new Target.Boxes([]), grey), rows));
        using var learner = new Learner(task, new TrainingOptions(), CPU, 3, 1);
        using var replica = new ScoringReplica(task, CPU, 1);
        using (var weights = learner.Publish())
            replica.Adopt(weights);
        var candidate = new Candidate("grey", 0, CandidateLocation.Pool, 0, new Origin("t", 0, 0), []);
        using var neighborhood = new Neighborhood(candidate, rows, []);

        var explanation = HardnessExplainer.Explain(task, replica, new ComputeLanes(1), neighborhood);
        Assert.Empty(explanation.Outputs);
        Assert.Equal(HardnessExplainer.MaxRegions, explanation.Regions!.Count);
        Assert.All(explanation.Regions, r => Assert.True(r.Bounds is { Left: >= 0, Top: >= 0, Right: <= 1, Bottom: <= 1 } && r.Bounds.Left < r.Bounds.Right && r.Bounds.Top < r.Bounds.Bottom));
        Assert.Equal(explanation.Regions.OrderByDescending(r => r.Hardness), explanation.Regions);
    }
}
