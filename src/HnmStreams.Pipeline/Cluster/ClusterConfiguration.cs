using Akka.Configuration;
using HnmStreams.Pipeline.Cluster.Protocol;

namespace HnmStreams.Pipeline.Cluster;

/// <summary>The configuration of an actor system that score nodes and the learner share.</summary>
public static class ClusterConfiguration
{
    /// <summary>The serializer of the messages, and the settings of stream references.</summary>
    public static Config Messages => EdgeSerializer.Configuration;
}
