using Akka.Configuration;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>
/// The serializers of a node. Akka.NET's default for any object is JSON with type names, which creates the types that the sender names and can run code. Here a message has a
/// serializer with fixed manifests, or it is refused.
/// </summary>
/// <remarks>
/// A message names its serializer by number, so the dangerous ones must not be registered at all, rather than not be used for sending: JSON (any type), protobuf
/// messages by type name, and the creation of actors from another node. The exceptions inside Akka's own messages name types too, so messages with exceptions are refused.
/// </remarks>
internal static class SafeSerializers
{
    public static Config Configuration { get; } = ConfigurationFactory.ParseString($$"""
        akka.actor {
          serializers {
            json = "{{Name(typeof(RefusingSerializer))}}"
            proto = "{{Name(typeof(RefusingSerializer))}}"
            daemon-create = "{{Name(typeof(RefusingSerializer))}}"
            akka-misc = "{{Name(typeof(RestrictedMiscSerializer))}}"
            akka-system-msg = "{{Name(typeof(RestrictedSystemSerializer))}}"
          }
          serialization-bindings {
            "System.Object" = json
          }
          serialization-identifiers {
            "{{Name(typeof(RefusingSerializer))}}" = {{RefusingSerializer.Id}}
          }
        }
        """);

    private static string Name(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
