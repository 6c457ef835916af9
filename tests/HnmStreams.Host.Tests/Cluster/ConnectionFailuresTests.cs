using Akka.Actor;
using Akka.Remote;
using HnmStreams.Host.Cluster;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Host.Tests.Cluster;

public sealed class ConnectionFailuresTests : IAsyncDisposable
{
    private static readonly Address Learner = new("akka.tcp", "hnm", "learner", 8110);

    private readonly ActorSystem _system = ActorSystem.Create("failures", "akka { stdout-loglevel = OFF, loglevel = OFF }");
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _log = new();

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact(Timeout = 30_000)]
    public async Task A_process_that_cannot_be_reached_is_reported_at_once_and_once_a_minute_and_when_it_is_reached()
    {
        var failures = _system.ActorOf(Props.Create(() => new ConnectionFailures(_time, _log)));
        await HandledAsync(failures);
        foreach (var seconds in (int[])[0, 1, 58, 1, 30])
        {
            _time.Advance(TimeSpan.FromSeconds(seconds));
            _system.EventStream.Publish(new AssociationErrorEvent(new InvalidOperationException("no association", new IOException("Connection refused.")), Learner, Learner, false, Akka.Event.LogLevel.WarningLevel));
            await HandledAsync(failures);
        }

        _system.EventStream.Publish(new AssociatedEvent(Learner, Learner, true));
        _system.EventStream.Publish(new AssociatedEvent(Learner, Learner, true));
        await HandledAsync(failures);
        Assert.Equal(
            [
                "akka.tcp://hnm@learner:8110 cannot be reached: Connection refused. 1 attempts have failed. They continue.",
                "akka.tcp://hnm@learner:8110 cannot be reached: Connection refused. 4 attempts have failed. They continue.",
                "akka.tcp://hnm@learner:8110 is connected after 5 failed attempts.",
            ],
            _log.All);
    }

    // An actor answers in the order of arrival.
    private static Task<ActorIdentity> HandledAsync(IActorRef actor) => actor.Ask<ActorIdentity>(new Identify(null), TestContext.Current.CancellationToken);

    private sealed class Lines : ILogger<ConnectionFailures>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Add(formatter(state, exception));
    }
}
