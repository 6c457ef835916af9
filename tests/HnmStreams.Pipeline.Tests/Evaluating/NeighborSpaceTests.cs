using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Testing;
using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Tests.Evaluating;

public sealed class NeighborSpaceTests
{
    [Fact]
    public void Images_of_a_detector_are_compared_by_the_summary_of_its_features()
    {
        var task = new DetectionTask(new DetectionOptions { Labels = ["bright", "dark"], Height = 32, Width = 48, Anchors = ["8:12x12", "16:24x16"] });
        var explanation = Explain(task, [.. new byte[] { 90, 200, 91 }.Select(shade => new Example(
            $"{shade}", new Target.Boxes([]), new ExampleInput.Dense(ElementType.UInt8, [3, 32, 48], Enumerable.Repeat(shade, 32 * 48 * 3).ToArray())))]);
        Assert.Equal((NeighborSpace.Embedding, 2), (explanation.Space, explanation.Compared));
        Assert.Equal("2", explanation.NearestNegatives[0].Id);
    }

    [Fact]
    public void Dense_rows_of_a_network_without_an_embedding_are_compared_by_their_standardized_inputs()
    {
        using var folder = new TemporaryFolder();
        TorchScriptFile.WritePerceptron(folder["model.pt"], 2, 4, 1);
        var task = new TabularTask(new TabularOptions { Features = 2 }) { ModelFile = folder["model.pt"] };
        // The first column is a thousand times larger. Without standardization it would decide alone.
        float[][] rows = [[1000, 1], [1000, -1], [-1000, -1.1f], [900, 0.9f], [-900, 1]];
        var explanation = Explain(task, [.. rows.Select((row, i) => new Example($"{i}", new Target.ClassIndex(0), new ExampleInput.Dense(ElementType.Float32, [2], MemoryMarshal.AsBytes(row.AsSpan()).ToArray())))]);
        Assert.Equal((NeighborSpace.Input, 4), (explanation.Space, explanation.Compared));
        Assert.Equal("3", explanation.NearestNegatives[0].Id);
        Assert.Equal("2", explanation.NearestNegatives[^1].Id);
    }

    [Fact]
    public void Hashed_features_of_a_linear_model_are_not_compared()
    {
        var task = new TabularTask(new TabularOptions { Hidden = [], Buckets = 256 });
        var explanation = Explain(task, [.. Enumerable.Range(0, 3).Select(i => new Example($"{i}", new Target.ClassIndex(0), new ExampleInput.Features([new Feature("a", i, null)])))]);
        Assert.Equal((NeighborSpace.None, 0), (explanation.Space, explanation.Compared));
        Assert.Empty(explanation.NearestNegatives);
    }

    [Fact]
    public void Columns_are_standardized_and_constant_ones_are_zero()
    {
        float[] vectors = [1, 5, 3, 5];
        InputVectors.Standardize(vectors, 2);
        Assert.Equal([-1, 0, 1, 0], vectors);
    }

    private static Explanation Explain(IMiningTask task, IReadOnlyList<Example> examples)
    {
        var rows = new RowBuffer();
        foreach (var example in examples)
            Assert.Null(task.Encode(example, rows));
        using var learner = new Learner(task, new TrainingOptions(), CPU, 3, 1);
        using var replica = new ScoringReplica(task, CPU, 1);
        using (var weights = learner.Publish())
            replica.Adopt(weights);
        var candidate = new Candidate("0", 0, CandidateLocation.Pool, 0, new Origin("t", 0, 0), []);
        using var neighborhood = new Neighborhood(candidate, rows, [.. Enumerable.Range(1, examples.Count - 1).Select(i => new Neighbor($"{i}", 0, new Origin("t", 0, i), IsPositive: false))]);
        return HardnessExplainer.Explain(task, replica, new ComputeLanes(1), neighborhood);
    }
}
