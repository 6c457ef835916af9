using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Labeling;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Testing;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>Tests of requests for labels in the complete graph.</summary>
public sealed class LabelRequestTests : IAsyncLifetime
{
    private const int Labeled = 3_000;
    private const int Unlabeled = 4_000;
    private const int Requests = 100;

    private readonly ActorSystem _actors = ActorSystem.Create("label-requests");
    private readonly TemporaryFolder _folder = new();
    private readonly JumpedClock _clock = new(TimeSpan.Zero);
    private readonly MemoryLabelRequests _sink = new();
    private readonly MemoryPredictions _predictions = new();
    private readonly List<Example> _examples = [.. Stream.Examples(Labeled + Unlabeled)];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        _folder.Dispose();
    }

    [Fact(Timeout = 300_000)]
    public async Task Requested_examples_are_far_more_often_predicted_wrongly_than_others()
    {
        await using var run = await StartAsync();
        await PredictAsync(run);
        await RequestAsync(run);
        Assert.Equal(Requests, _sink.All.Count);
        Assert.Equal(Requests, _sink.All.Select(r => r.Id).Distinct(StringComparer.Ordinal).Count());

        var truth = _examples.ToDictionary(e => e.Id, e => ((Target.ClassIndex)e.Target).Index == 1, StringComparer.Ordinal);
        var wrong = _predictions.All.ToDictionary(p => p.Id, p => p.Probabilities![1] >= 0.5 != truth[p.Id], StringComparer.Ordinal);
        Assert.Equal(Unlabeled, wrong.Count);
        var all = wrong.Count(p => p.Value) / (double)Unlabeled;
        var requested = _sink.All.Count(r => wrong[r.Id]) / (double)Requests;
        TestContext.Current.TestOutputHelper?.WriteLine($"{requested:P1} of the requested examples were predicted wrongly, and {all:P1} of all");
        Assert.True(requested > 0.2 && requested > 8 * all, $"{requested:P1} of the requested examples were predicted wrongly, and {all:P1} of all");
    }

    [Fact(Timeout = 300_000)]
    public async Task Examples_on_which_the_newest_version_disagrees_with_the_served_one_are_requested()
    {
        await using var run = await StartAsync(strategy: LabelStrategy.Disagreement);
        await TrainAsync(run, 0, 600);
        // This version is served from now on. The newest may change before it is pinned.
        while (await run.Pipeline.Questions.PinVersionAsync(run.Pipeline.Status.Training.ModelVersion, TestContext.Current.CancellationToken) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        await PredictAsync(run, from: 600);
        await run.UntilAsync(s => s.Ranking.Requests!.Compared >= 200);
        await RequestAsync(run);

        Assert.Equal(Requests, _sink.All.Count);
        Assert.All(_sink.All, r => Assert.Equal((LabelRequestReason.Disagreement, r.Disagreement), (r.Reason, r.Score)));
        Assert.All(_sink.All, r => Assert.InRange(r.Disagreement, double.Epsilon, 1));
        // A served version that is behind: the request has its prediction, not that of the newest one.
        var served = Assert.Single(_predictions.All.Select(p => p.ModelVersion).Distinct());
        Assert.All(_sink.All, r => Assert.Equal(served, r.ModelVersion));
        Assert.True(served < run.Pipeline.Status.Training.ModelVersion);
    }

    [Fact(Timeout = 300_000)]
    public async Task Requests_survive_a_kill_and_end_with_their_labels()
    {
        await using (var run = await StartAsync())
        {
            await PredictAsync(run);
            await RequestAsync(run);
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        // At this rate no further request is due while the test runs.
        await using (var run = await StartAsync(perHour: 0.001))
        {
            var status = run.Pipeline.Status.Ranking.Requests!;
            Assert.Equal((Requests, (long)Requests), (status.Open, status.Requested));
            var open = await run.Pipeline.Questions.LabelRequestsAsync(Requests + 1, TestContext.Current.CancellationToken);
            Assert.Equal(_sink.All.Select(r => r.Id).Order(StringComparer.Ordinal), open.Select(o => o.Request.Id).Order(StringComparer.Ordinal));
            Assert.All(open, o => Assert.Equal(16, o.Payload.Length));
            Assert.Equal(open[0].Request.Id, (await run.Pipeline.Questions.LabelRequestAsync(open[0].Request.Id, TestContext.Current.CancellationToken))!.Request.Id);

            // People answer 60 of them, the others are deleted.
            var byId = _examples.ToDictionary(e => e.Id, StringComparer.Ordinal);
            List<Example> labels = [.. open.Take(60).Select(o => byId[o.Request.Id] with { Input = ExampleInput.None.Instance })];
            run.Send([.. _examples, .. labels], _examples.Count, _examples.Count + labels.Count);
            await run.UntilAsync(s => s.Ranking.Requests!.Answered == 60);
            status = run.Pipeline.Status.Ranking.Requests!;
            Assert.Equal((Requests - 60, 0L), (status.Open, status.Expired));
            var differing = open.Take(60).Count(o => o.Request.Predicted == "1" != (((Target.ClassIndex)byId[o.Request.Id].Target).Index == 1));
            Assert.Equal(differing, status.Differing);
            Assert.Equal(labels.Select(l => l.Id).Order(StringComparer.Ordinal), _sink.Ended.Order(StringComparer.Ordinal));
            Assert.Null(await run.Pipeline.Questions.LabelRequestAsync(labels[0].Id, TestContext.Current.CancellationToken));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_sink_and_the_setting_no_label_is_requested()
    {
        await using var run = await StartAsync(hasSink: false);
        Assert.Null(run.Pipeline.Status.Ranking.Requests);
        Assert.Empty(await run.Pipeline.Questions.LabelRequestsAsync(10, TestContext.Current.CancellationToken));
    }

    private async Task PredictAsync(DurableRun run, int from = 0)
    {
        List<Example> stream = [.. _examples.Take(Labeled), .. _examples.Skip(Labeled).Select(e => e with { Target = Target.None.Instance })];
        await TrainAsync(run, from, Labeled);
        run.Send(stream, Labeled, stream.Count);
        await run.UntilAsync(s => s.Ranking.Stream.Predicted == Unlabeled);
    }

    // Slowly enough that no step is skipped.
    private async Task TrainAsync(DurableRun run, int from, int to)
    {
        for (var sent = from + 100; sent <= to; sent += 100)
        {
            run.Send(_examples, sent - 100, sent);
            await run.UntilAsync(s => s.Ranking.Positions.Any(p => p.NextOffset == sent) && s.Training.Steps + s.Ranking.SkippedSteps >= (sent / 10) - 5);
        }
    }

    // An hour passes, in which this number may be requested.
    private async Task RequestAsync(DurableRun run)
    {
        _clock.Jump = TimeSpan.FromHours(1);
        await run.UntilAsync(s => s.Ranking.Requests!.Open == Requests);
    }

    private Task<DurableRun> StartAsync(bool hasSink = true, double perHour = Requests, LabelStrategy strategy = LabelStrategy.Uncertainty)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 3 };
        options.Batching.Size = 100;
        options.Mix.BatchSize = 16;
        options.Limiter.ExamplesPerStep = 10;
        options.Limiter.MinExamples = 0;
        options.Training.LearningRate = 1e-2;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        options.Evaluation.HeldOutShare = 0;
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        var labels = new LabelsOptions { Mode = LabelMode.Mixed };
        (labels.Requests.PerHour, labels.Requests.MaxOpen, labels.Requests.Strategy, labels.Requests.ComparedShare) = (perHour, Requests, strategy, 1);
        return DurableRun.StartAsync(_actors, _folder["state"], Stream.Task, options, time: _clock, labels: labels, predictions: _predictions, requests: hasSink ? _sink : null);
    }
}
