using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Scoring;

public sealed class ScorerActorTests : IAsyncLifetime
{
    private const int TimeLimit = 60_000;

    private readonly ActorSystem _actors = ActorSystem.Create("scorers");
    private readonly Learner _learner = new(Stream.Task, new TrainingOptions(), CPU, 3, 1);
    private readonly SnapshotPublisher _publisher;

    public ScorerActorTests() => _publisher = new SnapshotPublisher(_learner.Current());

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        _publisher.Dispose();
        _learner.Dispose();
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Replies_with_the_failure_and_scores_the_next_request_with_a_fresh_replica()
    {
        var (calls, replicas) = (0, 0);
        var task = new FaultyTask(Stream.Task, collate: _ =>
        {
            if (Interlocked.Increment(ref calls) == 1)
                throw new InvalidOperationException("broken kernel");
        });
        var scorer = Scorer(task, () => Interlocked.Increment(ref replicas));
        using var batch = Batch();

        var failed = Assert.IsType<ScoreReply.Failed>(await AskAsync(scorer, batch, attempt: 0, TestContext.Current.CancellationToken));
        Assert.Equal("InvalidOperationException: broken kernel", failed.Reason);
        using var scores = Assert.IsType<ScoreReply.Scored>(await AskAsync(scorer, batch, attempt: 1, TestContext.Current.CancellationToken)).Scores;
        Assert.Equal(2, Volatile.Read(ref replicas));
        Assert.All(scores.Hardness.ToArray(), hardness => Assert.True(float.IsFinite(hardness) && hardness > 0));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Scores_in_smaller_pieces_after_the_device_ran_out_of_memory()
    {
        var passes = new List<int>();
        var task = new FaultyTask(Stream.Task, passes: rows =>
        {
            passes.Add(rows);
            if (rows > 3)
                throw new InvalidOperationException("CUDA out of memory");
        });
        using var batch = Batch();
        using var scores = Assert.IsType<ScoreReply.Scored>(await AskAsync(Scorer(task), batch, attempt: 0, TestContext.Current.CancellationToken)).Scores;
        Assert.Equal([8, 4, 2, 2, 2, 2], passes);

        using var whole = Assert.IsType<ScoreReply.Scored>(await AskAsync(Scorer(Stream.Task), batch, attempt: 0, TestContext.Current.CancellationToken)).Scores;
        Assert.Equal(whole.Hardness.ToArray(), scores.Hardness.ToArray(), (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Scores_with_the_requested_version_and_otherwise_with_the_newest()
    {
        var scorer = Scorer(Stream.Task);
        using var batch = Batch();
        using var requested = _learner.Publish();
        _publisher.Publish(_learner.Publish());
        foreach (var (version, expected) in new[] { (requested, requested.Version), (null, requested.Version + 1) })
        {
            var reply = await scorer.Ask<ScoreReply>(new ScoringRequest(batch, 0, version), TestContext.Current.CancellationToken);
            using var scores = Assert.IsType<ScoreReply.Scored>(reply).Scores;
            Assert.Equal(expected, scores.Version);
        }
    }

    private IActorRef Scorer(Tasks.IMiningTask task, Action? created = null)
    {
        var nativeCalls = new NativeCallTracker(journal: null, workers: 2, TimeProvider.System);
        var lanes = new ComputeLanes(1);
        Func<ScoringReplica> create = () =>
        {
            created?.Invoke();
            return new ScoringReplica(task, CPU, 1);
        };
        return _actors.ActorOf(Props.Create(() => new ScorerActor(create, task.OutputWidth, _publisher, lanes, nativeCalls, TimeProvider.System)));
    }

    private static Task<ScoreReply> AskAsync(IActorRef scorer, ExampleBatch batch, int attempt, CancellationToken cancellation) =>
        scorer.Ask<ScoreReply>(new ScoringRequest(batch, attempt, null), cancellation);

    private static ExampleBatch Batch()
    {
        var batch = new ExampleBatch(0, 8);
        foreach (var example in Stream.Examples(8))
        {
            Assert.Null(Stream.Task.Encode(example, batch.Rows));
            batch.Sources.Add(new RowSource(ExampleKey.Of(example.Id), example.Id, default, default, default));
            batch.ToScore.Add(batch.Rows.Count - 1);
        }

        return batch;
    }
}
