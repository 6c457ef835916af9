using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Tests.Scoring;

public sealed class ScoringGatewayTests : IAsyncLifetime
{
    private const int TimeLimit = 60_000;
    private static readonly TimeSpan Unlimited = TimeSpan.FromSeconds(30), Short = TimeSpan.FromMilliseconds(100);

    private readonly ActorSystem _actors = ActorSystem.Create("gateway");
    private readonly ScoringTimeCounter _clock = new(before: 2);
    private readonly ModelRegistry _registry = new();
    private readonly SnapshotPublisher _publisher = new(new ModelSnapshot(5, new Dictionary<string, TorchSharp.torch.Tensor>(StringComparer.Ordinal)));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        _registry.Dispose();
        _publisher.Dispose();
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Returns_the_scores_and_adds_their_compute_time()
    {
        using var batch = Batch();
        var scored = await ScoreAsync(batch, Unlimited, Scored, TestContext.Current.CancellationToken);
        Assert.Same(batch, scored);
        Assert.Null(batch.Failure);
        Assert.Equal(7, batch.Scores!.Version);
        Assert.Equal(2.25, _clock.Seconds);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Retries_a_failed_batch_once()
    {
        using var batch = Batch();
        var attempts = new List<int>();
        await ScoreAsync(batch, Unlimited, request =>
        {
            attempts.Add(request.Attempt);
            return request.Attempt == 0 ? new ScoreReply.Failed("broken") : Scored(request);
        }, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1], attempts);
        Assert.Null(batch.Failure);
        Assert.NotNull(batch.Scores);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Marks_a_batch_as_failed_after_the_second_failure()
    {
        using var batch = Batch();
        await ScoreAsync(batch, Unlimited, request => new ScoreReply.Failed($"failure {request.Attempt}"), TestContext.Current.CancellationToken);
        Assert.Equal("failure 1", batch.Failure);
        Assert.Null(batch.Scores);
        Assert.Equal(2, _clock.Seconds);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Fails_a_batch_without_a_reply_and_keeps_its_memory_out_of_the_pool()
    {
        var batch = Batch();
        await ScoreAsync(batch, Short, _ => null, TestContext.Current.CancellationToken);
        Assert.Contains("pipeline.scoring.timeout", batch.Failure, StringComparison.Ordinal);
        batch.Dispose();
        // The scorer may still be reading: the rows must stay valid.
        Assert.Equal([1, 2, 3], batch.Rows.Payload(0).ToArray());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Keeps_the_memory_of_a_batch_whose_second_attempt_succeeds_after_a_timeout()
    {
        var batch = Batch();
        // The second attempt must be in time on a slow machine too.
        await ScoreAsync(batch, TimeSpan.FromSeconds(5), request => request.Attempt == 0 ? null : Scored(request), TestContext.Current.CancellationToken);
        Assert.Null(batch.Failure);
        Assert.NotNull(batch.Scores);
        batch.Dispose();
        Assert.Equal([1, 2, 3], batch.Rows.Payload(0).ToArray());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Returns_the_memory_of_a_batch_that_every_scorer_has_released()
    {
        var batch = Batch();
        await ScoreAsync(batch, Unlimited, Scored, TestContext.Current.CancellationToken);
        batch.Dispose();
        Assert.Equal(0, batch.Rows.Count);
        Assert.Null(batch.Scores);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Sends_no_request_for_a_batch_without_rows_to_score()
    {
        using var batch = Batch();
        batch.ToScore.Clear();
        await ScoreAsync(batch, Unlimited, _ => throw new InvalidOperationException("No request was expected."), TestContext.Current.CancellationToken);
        Assert.Null(batch.Failure);
        Assert.Null(batch.Scores);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Predicts_unlabeled_rows_with_the_served_version_and_retries_once()
    {
        using var batch = Batch();
        batch.UnlabeledRows().Add([4], 0, 1);
        var versions = new List<long>();
        Func<ScoringRequest, ScoreReply?> score = Scored;
        Func<PredictionRequest, ScoreReply> predict = request =>
        {
            versions.Add(request.Model.Snapshot.Version);
            return versions.Count == 1 ? new ScoreReply.Failed("broken") : new ScoreReply.Predicted(new BatchPredictions([0.5f], 1, 5, null), TimeSpan.FromSeconds(0.5));
        };
        var scorer = _actors.ActorOf(Props.Create(() => new ScriptedScorer(score, predict)));
        await new ScoringGateway(scorer, Unlimited, _clock, new ServedModels(_registry, _publisher)).ScoreAsync(batch).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal([5L, 5], versions);
        Assert.Equal((5L, null), (batch.Predictions!.Version, batch.PredictionFailure));
        Assert.Equal(7, batch.Scores!.Version);
        // Predictions are served anyway: their time is no cost of mining.
        Assert.Equal((2.25, 0.5), (_clock.Seconds, _clock.PredictingSeconds));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Marks_predictions_as_failed_after_the_second_failure()
    {
        using var batch = Batch();
        batch.UnlabeledRows().Add([4], 0, 1);
        Func<ScoringRequest, ScoreReply?> score = Scored;
        Func<PredictionRequest, ScoreReply> predict = _ => new ScoreReply.Failed("broken");
        var scorer = _actors.ActorOf(Props.Create(() => new ScriptedScorer(score, predict)));
        await new ScoringGateway(scorer, Unlimited, _clock, new ServedModels(_registry, _publisher)).ScoreAsync(batch).WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("broken", null), (batch.PredictionFailure, batch.Predictions));
        Assert.NotNull(batch.Scores);
    }

    private async Task<ExampleBatch> ScoreAsync(ExampleBatch batch, TimeSpan timeout, Func<ScoringRequest, ScoreReply?> reply, CancellationToken cancellation)
    {
        var scorer = _actors.ActorOf(Props.Create(() => new ScriptedScorer(reply, null)));
        return await new ScoringGateway(scorer, timeout, _clock, new ServedModels(_registry, _publisher)).ScoreAsync(batch).WaitAsync(cancellation);
    }

    private static ScoreReply.Scored Scored(ScoringRequest request) => new(new BatchScores(request.Batch.ToScore.Count, width: 1, version: 7), TimeSpan.FromSeconds(0.25));

    private static ExampleBatch Batch()
    {
        var batch = new ExampleBatch(0, 1);
        batch.Rows.Add([1, 2, 3], 0, 1);
        batch.Sources.Add(new RowSource(ExampleKey.Of("a"), "a", default, default, default));
        batch.ToScore.Add(0);
        return batch;
    }

    /// <summary>A scorer that sends the replies of a test; null sends none.</summary>
    private sealed class ScriptedScorer : ReceiveActor
    {
        public ScriptedScorer(Func<ScoringRequest, ScoreReply?> reply, Func<PredictionRequest, ScoreReply>? predict)
        {
            Receive<ScoringRequest>(request =>
            {
                if (reply(request) is { } answer)
                    Sender.Tell(answer);
            });
            Receive<PredictionRequest>(request => Sender.Tell(predict!(request)));
        }
    }
}
