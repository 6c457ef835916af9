using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>A serializer that refuses every message, in both directions.</summary>
internal sealed class RefusingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>The number of the serializer. Numbers up to 40 belong to Akka.NET.</summary>
    public const int Id = 7300;

    /// <summary>Creates the serializer in place of one that has settings, which are ignored.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : this(system) => _ = settings;

    public override int Identifier => Id;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"{obj.GetType()} has no serializer and is not sent to another node. Bind its type to a serializer with fixed manifests.");

    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException("A message without a serializer arrived from another node and is refused.");
}
