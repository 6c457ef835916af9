using System.Threading.Channels;
using Akka.Actor;
using HnmStreams.Pipeline.Cluster.Protocol;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>An actor that passes the learner's messages to the node's session, in order.</summary>
internal sealed class EdgeInbox : ReceiveActor
{
    public EdgeInbox(ChannelWriter<ReceivedMessage> messages) => Receive<EdgeMessage>(message => messages.TryWrite(new ReceivedMessage(message, Sender)));
}

/// <summary>A message of a learner.</summary>
internal readonly record struct ReceivedMessage(EdgeMessage Message, IActorRef Sender);
