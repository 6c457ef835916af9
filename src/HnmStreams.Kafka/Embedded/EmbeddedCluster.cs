using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace HnmStreams.Kafka.Embedded;

/// <summary>
/// An in-process Kafka cluster: librdkafka's mock cluster. It speaks the Kafka protocol on loopback sockets, so that any
/// client can connect. It keeps at most 5 MiB per partition and then silently drops the oldest records (see
/// <see cref="FeedGate"/>). Its data are lost when the process ends.
/// </summary>
/// <remarks>Thread-safe, except that no method may be called during or after <see cref="Dispose"/>.</remarks>
public sealed class EmbeddedCluster : IDisposable
{
    private nint _handle;
    private nint _cluster;

    private EmbeddedCluster(int brokers)
    {
        _handle = MockLibrary.CreateHandle();
        _cluster = MockLibrary.ClusterNew(_handle, brokers);
        if (_cluster == 0)
        {
            MockLibrary.Destroy(_handle);
            throw new InvalidOperationException($"The embedded cluster of {brokers} brokers cannot start. Check that this process may open loopback sockets.");
        }

        // By default, a new group waits three seconds for further members.
        MockLibrary.GroupInitialRebalanceDelay(_cluster, 0);
        BootstrapServers = Marshal.PtrToStringUTF8(MockLibrary.ClusterBootstraps(_cluster))!;
        Brokers = brokers;
    }

    /// <summary>The brokers as a comma-separated list of <c>host:port</c>. The operating system chooses the ports.</summary>
    public string BootstrapServers { get; }

    /// <summary>The number of brokers.</summary>
    public int Brokers { get; }

    /// <summary>Starts a cluster and creates its topics.</summary>
    /// <exception cref="InvalidOperationException">The cluster cannot start, or a topic cannot be created.</exception>
    public static EmbeddedCluster Start(EmbeddedClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var cluster = new EmbeddedCluster(options.Brokers);
        try
        {
            foreach (var topic in options.Topics)
                cluster.CreateTopic(topic, options.Partitions);
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Creates a topic.</summary>
    /// <exception cref="InvalidOperationException">The topic exists, or the name or the number of partitions is not allowed.</exception>
    public void CreateTopic(string name, int partitions)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        Check(MockLibrary.TopicCreate(Cluster, name, partitions, Brokers), $"create topic {name} with {partitions} partitions");
    }

    /// <summary>Closes a broker's connections and rejects new ones. Brokers are numbered from 1.</summary>
    public void StopBroker(int broker) => Check(MockLibrary.BrokerSetDown(Cluster, broker), $"stop broker {broker}");

    /// <summary>Makes a stopped broker accept connections again. Its records are kept.</summary>
    public void ResumeBroker(int broker) => Check(MockLibrary.BrokerSetUp(Cluster, broker), $"resume broker {broker}");

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _cluster, 0) is var cluster && cluster == 0)
            return;
        MockLibrary.ClusterDestroy(cluster);
        MockLibrary.Destroy(Interlocked.Exchange(ref _handle, 0));
    }

    private nint Cluster
    {
        get
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            return _cluster;
        }
    }

    private static void Check(ErrorCode code, string action)
    {
        if (code != ErrorCode.NoError)
            throw new InvalidOperationException($"The embedded cluster cannot {action}: {code.GetReason()}.");
    }
}
