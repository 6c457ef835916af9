using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>
/// Akka.NET's serializer of system messages, restricted to death watch. All others supervise actors that another node has created, which no node may do.
/// </summary>
internal sealed class RestrictedSystemSerializer(ExtendedActorSystem system) : Serializer(system)
{
    private readonly SystemMessageSerializer _inner = new(system);

    public override int Identifier => _inner.Identifier;

    public override bool IncludeManifest => _inner.IncludeManifest;

    public override byte[] ToBinary(object obj) => _inner.ToBinary(IsAllowed(obj.GetType()) ? obj : throw Refused(obj.GetType()));

    public override object FromBinary(byte[] bytes, Type type) => _inner.FromBinary(bytes, IsAllowed(type) ? type : throw Refused(type));

    private static bool IsAllowed(Type? type) => type == typeof(Watch) || type == typeof(Unwatch) || type == typeof(DeathWatchNotification);

    private static SerializationException Refused(Type? type) => new($"The system message {type} is not exchanged between nodes and is refused.");
}
