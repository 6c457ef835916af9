using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>
/// Akka.NET's serializer of miscellaneous messages, restricted to those that a cluster needs: references and identification of actors, and heartbeats of remote watching. Failures
/// (their exceptions name types), router configurations, and messages that stop actors are refused.
/// </summary>
internal sealed class RestrictedMiscSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // The manifests of Identify, ActorIdentity, IActorRef, RemoteWatcher.Heartbeat and HeartbeatRsp, and Status.Success.
    private static readonly string[] Allowed = ["ID", "AID", "AR", "RWHB", "RWHR", "STS"];

    private readonly MiscMessageSerializer _inner = new(system);

    public override int Identifier => _inner.Identifier;

    public override string Manifest(object o) => Checked(_inner.Manifest(o));

    public override byte[] ToBinary(object obj)
    {
        Checked(_inner.Manifest(obj));
        return _inner.ToBinary(obj);
    }

    public override object FromBinary(byte[] bytes, string manifest) => _inner.FromBinary(bytes, Checked(manifest));

    private static string Checked(string manifest) => Allowed.Contains(manifest, StringComparer.Ordinal)
        ? manifest
        : throw new SerializationException($"A message with the manifest '{manifest}' is not exchanged between nodes and is refused.");
}
