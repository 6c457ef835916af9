using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Testing;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>Tests of streams whose labels come later, in the complete graph, with interruptions.</summary>
public sealed class LateLabelsTests : IAsyncLifetime
{
    private const int Inputs = 6_000;
    private readonly ActorSystem _actors = ActorSystem.Create("late-labels");
    private readonly TemporaryFolder _folder = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // The ranking stage closes the store of waiting examples when it stops.
        await _actors.Terminate();
        _folder.Dispose();
    }

    [Fact(Timeout = 300_000)]
    public async Task Every_label_is_joined_exactly_once_although_the_learner_is_killed()
    {
        var (stream, corrected) = Delayed();
        var random = new Xoshiro256StarStar(9);
        for (var kill = 0; kill < 5; kill++)
        {
            await using var run = await StartAsync();
            var until = Math.Min(stream.Count, run.From + 1_000 + random.NextInt32(2_000));
            run.Send(stream, run.From, until);
            await run.UntilAsync(s => s.Ranking.Positions.Any(p => p.NextOffset >= (run.From + until) / 2));
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            // What was taken in after the checkpoint is lost and read again.
            await run.UntilAsync(s => s.Ranking.Positions.Any(p => p.NextOffset == until));
        }

        await using (var run = await StartAsync())
        {
            run.Send(stream, run.From, stream.Count);
            await run.UntilAsync(s => s.Ranking.Positions.Any(p => p.NextOffset == stream.Count));
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            var status = run.Pipeline.Status;
            var labels = status.Ranking.Labels!;
            Assert.Equal((Inputs, Inputs, corrected), ((int)status.Ranking.Stream.Predicted, (int)labels.Joined, (int)labels.Corrected));
            Assert.Equal((0L, 0L, 0L), (labels.WaitingInputs, labels.WaitingLabels, labels.LabelsDropped));
            Assert.True(labels.LabelsRepeated > 0);
            // No forward pass was made for mining.
            Assert.Equal(0, status.Scoring.Seconds);
            Assert.InRange(status.Ranking.Stream.Scored, Inputs * 0.8, Inputs + corrected);
            Assert.True(status.Training.Steps > Inputs / 50 / 2, $"{status.Training.Steps} steps");
            var report = await run.Pipeline.EvaluateAsync(TestContext.Current.CancellationToken);
            Assert.True(report.HeldOut["averagePrecision"] > 0.6, $"held-out {report.HeldOut["averagePrecision"]}");
        }

        // Each served prediction has one outcome, whatever happened to its label. The status of a running learner may be a second old.
        await using (var run = await StartAsync())
            await run.UntilAsync(s => s.Ranking.Served is { } served && Math.Abs(served.All.Count - Inputs) < 1e-6);

        var audit = IdAuditReader.Read(_folder["state"], out var uncounted);
        Assert.Equal((Inputs, 0L), (audit.Count, uncounted));
        Assert.All(audit, id => Assert.Equal(1, id.Count));
    }

    [Fact(Timeout = 120_000)]
    public async Task Predictions_that_are_too_old_are_scored_again_beside_the_stream()
    {
        await using var run = await StartAsync(maxScoreAge: 1);
        var examples = Stream.Examples(3_000).ToList();
        static Example Input(Example e) => e with { Target = Target.None.Instance };
        static Example Label(Example e) => e with { Input = ExampleInput.None.Instance };
        var old = examples.Take(500).ToList();
        List<Example> stream = [.. old.Select(Input), .. examples.Skip(500).SelectMany(e => new[] { Input(e), Label(e) }), .. old.Select(Label)];
        var split = stream.Count - old.Count;
        run.Send(stream, 0, split);
        // The labels of the first examples come when their predictions are several versions old.
        await run.UntilAsync(s => s.Training.ModelVersion >= 3 && s.Ranking.Positions.Any(p => p.NextOffset == split));
        run.Send(stream, split, stream.Count);
        await run.UntilAsync(s => s.Ranking.Rescoring!.Rescored > 0);
        Assert.True(run.Pipeline.Status.Scoring.Seconds > 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_checkpoint_waits_for_the_acknowledgement_of_predictions()
    {
        var acknowledged = new TaskCompletionSource();
        await using var run = await StartAsync(new MemoryPredictions { Acknowledged = acknowledged.Task });
        run.Send([.. Stream.Examples(200).Select(e => e with { Target = Target.None.Instance })], 0, 200);
        await run.UntilAsync(s => s.Ranking.Stream.Predicted == 200);
        var checkpoint = run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(checkpoint.IsCompleted);
        acknowledged.SetResult();
        Assert.Null((await checkpoint).LastFailure);
    }

    /// <summary>Returns the inputs, each followed by its label after a random number of records, some of them before it, twice, or corrected.</summary>
    private static (List<Example> Stream, int Corrected) Delayed()
    {
        var random = new Xoshiro256StarStar(4);
        var arrivals = new List<(double At, Example Example)>();
        var corrected = 0;
        var number = 0;
        foreach (var example in Stream.Examples(Inputs))
        {
            var (input, label) = (example with { Target = Target.None.Instance }, example with { Input = ExampleInput.None.Instance });
            var at = number++;
            var delay = -20 + (random.NextDouble() * 1_000);
            arrivals.Add((at, input));
            arrivals.Add((at + delay, label));
            if (number % 50 == 0)
                arrivals.Add((at + delay + 100, label));
            if (number % 100 != 0)
                continue;
            corrected++;
            arrivals.Add((at + delay + 200, label with { Target = new Target.ClassIndex(1 - ((Target.ClassIndex)example.Target).Index) }));
        }

        return ([.. arrivals.OrderBy(a => a.At).Select(a => a.Example)], corrected);
    }

    private Task<DurableRun> StartAsync(MemoryPredictions? predictions = null, long maxScoreAge = 0)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 3 };
        options.Batching.Size = 100;
        options.Mix.BatchSize = 16;
        options.Limiter.ExamplesPerStep = 50;
        options.Limiter.MinExamples = 0;
        options.Training.LearningRate = 1e-2;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        options.Audit.Ids = 100_000;
        (options.Scoring.MaxScoreAge, options.Scoring.RescoredShare) = (maxScoreAge, 1);
        return DurableRun.StartAsync(_actors, _folder["state"], Stream.Task, options, labels: new LabelsOptions { Mode = LabelMode.Later }, predictions: predictions ?? new MemoryPredictions());
    }
}
