using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Testing;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Nodes;

/// <summary>Tests of streams whose labels come later with score nodes: nodes predict, and the examples wait with the learner. Real connections, real scorers, a real trainer.</summary>
public sealed class LateLabelNodeTests : IDisposable
{
    private const int Inputs = 4_000;
    private const int Partitions = 4;

    private readonly LogLines _logs = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 300_000)]
    public async Task Every_example_is_predicted_and_every_label_joined_once_while_nodes_and_the_learner_are_replaced()
    {
        var stream = Delayed();
        var (options, labels, topic) = (Options(), new LabelsOptions { Mode = LabelMode.Later }, new MemoryTopic(stream, Partitions));
        EdgeLearner? present = null;
        var (nodes, predictions) = (new List<EdgeNode>(), new MemoryPredictions());
        try
        {
            for (var learners = 0; learners < 3; learners++)
            {
                await using var learner = await EdgeLearner.StartAsync(_folder["state"], Stream.Task, options, _logs, labels: labels);
                present = learner;
                var start = Read(learner.Pipeline.Status);
                for (var name = 0; name < 2; name++)
                {
                    nodes.Add(new EdgeNode($"{learners}-{name}", topic, Stream.Task, options, () => present, _logs, labels: labels.Mode, predictions: predictions));
                    await learner.UntilAsync(s => Read(s) >= Math.Min(start + (600 * (name + 1)), stream.Count));
                }

                // The oldest node leaves in the middle of its batches.
                await nodes[0].DisposeAsync();
                nodes.RemoveAt(0);
                await learner.UntilAsync(s => Read(s) >= (learners == 2 ? stream.Count : Math.Min(start + 2_000, stream.Count)));
                await learner.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
                if (learners < 2)
                    continue;
                await learner.UntilAsync(s => s.Ranking.Served is { } served && Math.Abs(served.All.Count - Inputs) < 1e-6);
                var status = learner.Pipeline.Status;
                var joined = status.Ranking.Labels!;
                Assert.Equal((Inputs, Inputs, 0L), (status.Ranking.Stream.Predicted, joined.Joined, joined.Corrected));
                Assert.Equal((0L, 0L, 0L), (joined.WaitingInputs, joined.WaitingLabels, joined.LabelsDropped));
                Assert.Equal((0L, 0L), (status.Ranking.Stream.Duplicates, status.Ranking.Stream.DeadLettered));
                Assert.True(status.Training.Steps > 0);
            }

            // At least once: what was not admitted is predicted again.
            Assert.Equal(Inputs, predictions.All.Select(prediction => prediction.Id).Distinct(StringComparer.Ordinal).Count());
            Assert.All(predictions.All, prediction => Assert.Equal(Stream.Task.OutputWidth, prediction.Outputs.Count));
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }

        var audit = IdAuditReader.Read(_folder["state"], out var uncounted);
        Assert.Equal((Inputs, 0L), (audit.Count, uncounted));
        Assert.All(audit, id => Assert.Equal(1, id.Count));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_batch_waits_for_the_acknowledgement_of_its_predictions()
    {
        var acknowledged = new TaskCompletionSource();
        var (options, labels) = (Options(), new LabelsOptions { Mode = LabelMode.Later });
        var topic = new MemoryTopic([.. Stream.Examples(200).Select(Input)], Partitions);
        await using var learner = await EdgeLearner.StartAsync(_folder["state"], Stream.Task, options, _logs, labels: labels);
        await using var node = new EdgeNode("a", topic, Stream.Task, options, () => learner, _logs, labels: labels.Mode, predictions: new MemoryPredictions { Acknowledged = acknowledged.Task });
        await learner.UntilAsync(_ => !node.Predictions.All.IsEmpty);
        Assert.Equal(0, learner.Pipeline.Status.Ranking.Stream.Predicted);
        Assert.Empty(learner.Pipeline.Status.Ranking.Positions);
        acknowledged.SetResult();
        await learner.UntilAsync(s => s.Ranking.Stream.Predicted == 200);
    }

    [Fact(Timeout = 120_000)]
    public async Task Nodes_predict_with_the_promoted_version_and_its_calibration()
    {
        var options = Options();
        options.Evaluation.Interval = TimeSpan.FromMilliseconds(200);
        options.Evaluation.HeldOutShare = 0.2;
        var examples = Stream.Examples(Inputs).ToList();
        var labels = new LabelsOptions { Mode = LabelMode.Mixed };
        await using var learner = await EdgeLearner.StartAsync(_folder["state"], Stream.Task, options, _logs, labels: labels);
        var topic = new MemoryTopic(examples, Partitions);
        await using (var node = new EdgeNode("a", topic, Stream.Task, options, () => learner, _logs, labels: labels.Mode))
            await learner.UntilAsync(s => s.Ranking.Stream.Consumed == Inputs);
        await learner.UntilAsync(_ => learner.Edge.PromotedWeights() is not null);
        // A second stream of the same topic name: its offsets continue those of the first.
        var more = new MemoryTopic([.. examples, .. Stream.Examples(200, seed: 7).Select(e => Input(e) with { Id = "later-" + e.Id })], Partitions);
        await using var later = new EdgeNode("b", more, Stream.Task, options, () => learner, _logs, labels: labels.Mode);
        await learner.UntilAsync(s => s.Ranking.Stream.Predicted == 200);
        Assert.Equal(200, later.Predictions.All.Count);
        Assert.All(later.Predictions.All, prediction => Assert.True(prediction.Promoted));
        Assert.Contains(later.Predictions.All, prediction => prediction.Calibrated is not null);
        Assert.Equal(200, learner.Pipeline.Status.Ranking.Labels!.WaitingInputs);
        Assert.Equal(200, later.Status.PredictionLatency?.Total.Count ?? 200);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_node_that_expects_labels_with_their_examples_is_refused()
    {
        var labels = new LabelsOptions { Mode = LabelMode.Later };
        await using var learner = await EdgeLearner.StartAsync(_folder["state"], Stream.Task, Options(), _logs, labels: labels);
        var node = new EdgeNode("a", new MemoryTopic([], 1), Stream.Task, Options(), () => learner, _logs);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => node.Run);
        Assert.Contains("labels-later", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.DisposeAsync().AsTask());
    }

    private static long Read(PipelineStatus status) => status.Ranking.Positions.Sum(position => position.NextOffset);

    private static Example Input(Example example) => example with { Target = Target.None.Instance };

    /// <summary>Returns the inputs, each followed by its label after a random number of records, some of them before it. Most labels are in other partitions than their inputs.</summary>
    private static List<Example> Delayed()
    {
        var random = new Xoshiro256StarStar(4);
        var arrivals = new List<(double At, Example Example)>();
        foreach (var example in Stream.Examples(Inputs))
        {
            var at = arrivals.Count / 2;
            arrivals.Add((at, Input(example)));
            arrivals.Add((at - 20 + (random.NextDouble() * 1_000), example with { Input = ExampleInput.None.Instance }));
        }

        return [.. arrivals.OrderBy(arrival => arrival.At).Select(arrival => arrival.Example)];
    }

    private static PipelineOptions Options()
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 3 };
        options.Batching.Size = 100;
        options.Scoring.Count = 1;
        options.Compute.Lanes = 1;
        options.Mix.BatchSize = 16;
        options.Limiter.ExamplesPerStep = 50;
        options.Limiter.MinExamples = 0;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        options.Audit.Ids = 100_000;
        return options;
    }
}
