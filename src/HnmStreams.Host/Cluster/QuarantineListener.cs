using Akka.Actor;
using Akka.Remote;

namespace HnmStreams.Host.Cluster;

/// <summary>Ends the actor system of a process that the learner removed while it could not be reached: none of the other members accepts its messages any more.</summary>
internal sealed partial class QuarantineListener : ReceiveActor
{
    private readonly ILogger _logger;

    public QuarantineListener(ILogger<QuarantineListener> logger)
    {
        _logger = logger;
        Receive<ThisActorSystemQuarantinedEvent>(quarantined =>
        {
            LogQuarantined(quarantined.RemoteAddress);
            _ = Context.System.Terminate();
        });
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));

    [LoggerMessage(EventId = 252, Level = LogLevel.Error, Message = "The member {Address} does not accept this process any more, because it was removed from the cluster. The process ends.")]
    private partial void LogQuarantined(Address address);
}
