using Akka.Actor;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Supervision;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>The announcement of suspected records to the learner, which knows what a node had in native code if its process ends.</summary>
/// <param name="session">The number of the session.</param>
/// <param name="ended">Canceled when the session ends.</param>
/// <remarks>Blocks the calling thread for a round trip, which is a thread of a scorer or an encoder.</remarks>
internal sealed class AnnouncedCalls(IActorRef learner, long session, CancellationToken ended) : ISuspectedCalls
{
    /// <exception cref="OperationCanceledException">The session has ended.</exception>
    public void Begin(IReadOnlyList<OffsetSpan> offsets) => Announce(new EdgeMessage.Entering(session, offsets));

    /// <exception cref="OperationCanceledException">The session has ended.</exception>
    public void End() => Announce(new EdgeMessage.Returned(session));

    private void Announce(EdgeMessage message)
    {
        while (true)
        {
            try
            {
                learner.Ask<EdgeMessage.Noted>(message, EdgeProtocol.Silence, ended).GetAwaiter().GetResult();
                return;
            }
            catch (AskTimeoutException)
            {
                // The learner is late. Once it is silent for as long, the session ends.
            }
        }
    }
}
