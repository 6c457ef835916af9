using Akka.Actor;
using HnmStreams.Pipeline.Supervision;

namespace HnmStreams.Pipeline.Tests.Supervision;

public sealed class LearnerSupervisorTests : IAsyncLifetime
{
    private const int TimeLimit = 60_000;

    private readonly ActorSystem _actors = ActorSystem.Create("supervision", PinnedDispatcher.Config);
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _actors.Terminate();

    [Theory(Timeout = TimeLimit)]
    [InlineData("scorer")]
    [InlineData("evaluator")]
    public async Task Restarts_a_scorer_and_the_evaluator(string kind)
    {
        var actors = await StartAsync();
        var failing = kind == "scorer" ? actors.Scorers : actors.Evaluator;
        var before = await failing.Ask<Guid>("instance", TestContext.Current.CancellationToken);
        failing.Tell(new InvalidOperationException("broken"));
        Assert.NotEqual(before, await failing.Ask<Guid>("instance", TestContext.Current.CancellationToken));
        Assert.False(_failure.Task.IsCompleted);
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData("trainer")]
    [InlineData("baseline")]
    public async Task Reports_the_failure_of_a_learner_and_does_not_restart_it(string kind)
    {
        var actors = await StartAsync();
        var failing = kind == "trainer" ? actors.Trainer : Assert.Single(actors.Baselines);
        var stopped = failing.WatchAsync(TestContext.Current.CancellationToken);
        failing.Tell(new InvalidOperationException("broken"));
        Assert.Equal("broken", (await _failure.Task.WaitAsync(TestContext.Current.CancellationToken)).Message);
        await stopped;
    }

    private async Task<LearnerSupervisor.LearnerActors> StartAsync()
    {
        var child = Props.Create(() => new FailingActor());
        var supervisor = _actors.ActorOf(Props.Create(() => new LearnerSupervisor(
            1, child, child, new[] { ValueTuple.Create("random", child) }, _ => child, error => _failure.TrySetResult(error))));
        return await supervisor.Ask<LearnerSupervisor.LearnerActors>(new LearnerSupervisor.GetActors(), TestContext.Current.CancellationToken);
    }

    /// <summary>An actor that throws the exceptions it receives and otherwise replies with an id of its instance.</summary>
    private sealed class FailingActor : ReceiveActor
    {
        private readonly Guid _instance = Guid.NewGuid();

        public FailingActor()
        {
            Receive<Exception>(error => throw error);
            Receive<string>(_ => Sender.Tell(_instance));
        }
    }
}
