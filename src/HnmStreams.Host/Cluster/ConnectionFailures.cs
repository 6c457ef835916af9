using Akka.Actor;
using Akka.Remote;

namespace HnmStreams.Host.Cluster;

/// <summary>
/// The report of processes that cannot be reached: at the first failed attempt to connect, then once per <see cref="Interval"/>, and when a process is reached again. Akka.Remote would
/// log each attempt, several per second while no learner runs (<see cref="ActorSystemLog"/>).
/// </summary>
internal sealed partial class ConnectionFailures : ReceiveActor
{
    /// <summary>The time between two reports of the same address.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Score nodes with a free port have another address after each restart.
    private const int MaxAddresses = 1_000;

    private readonly Dictionary<Address, (long Reported, int Attempts)> _failing = [];
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public ConnectionFailures(TimeProvider time, ILogger<ConnectionFailures> logger)
    {
        (_time, _logger) = (time, logger);
        Receive<AssociationErrorEvent>(failed => Note(failed.RemoteAddress, failed.Cause));
        Receive<AssociatedEvent>(connected => Forget(connected.RemoteAddress));
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociatedEvent));
    }

    private void Note(Address address, Exception cause)
    {
        var isKnown = _failing.TryGetValue(address, out var failing);
        if (!isKnown && _failing.Count == MaxAddresses)
            _failing.Clear();
        var attempts = failing.Attempts + 1;
        var isDue = !isKnown || _time.GetElapsedTime(failing.Reported) >= Interval;
        _failing[address] = (isDue ? _time.GetTimestamp() : failing.Reported, attempts);
        if (isDue)
            LogFailing(address, cause.GetBaseException().Message.TrimEnd('.'), attempts);
    }

    private void Forget(Address address)
    {
        if (_failing.Remove(address, out var failing))
            LogConnected(address, failing.Attempts);
    }

    [LoggerMessage(EventId = 255, Level = LogLevel.Warning, Message = "{Address} cannot be reached: {Reason}. {Attempts} attempts have failed. They continue.")]
    private partial void LogFailing(Address address, string reason, int attempts);

    [LoggerMessage(EventId = 256, Level = LogLevel.Information, Message = "{Address} is connected after {Attempts} failed attempts.")]
    private partial void LogConnected(Address address, int attempts);
}
