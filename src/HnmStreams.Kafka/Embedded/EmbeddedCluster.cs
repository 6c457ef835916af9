using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace HnmStreams.Kafka.Embedded;

/// <summary>
/// librdkafka's own cluster, in this process: it speaks the Kafka protocol on loopback sockets, so that any client can
/// connect. It keeps at most 5 MiB a partition and then silently drops the oldest (see <see cref="FeedGate"/>), and it
/// dies with its process.
/// </summary>
/// <remarks>Thread-safe, except that nothing may be called during or after <see cref="Dispose"/>.</remarks>
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
            throw new InvalidOperationException($"librdkafka's cluster of {brokers} brokers does not start: are loopback sockets allowed here?");
        }

        // A group of one need not wait three seconds for others.
        MockLibrary.GroupInitialRebalanceDelay(_cluster, 0);
        BootstrapServers = Marshal.PtrToStringUTF8(MockLibrary.ClusterBootstraps(_cluster))!;
        Brokers = brokers;
    }

    /// <summary>Comma-separated <c>host:port</c> list; the ports are the system's choice.</summary>
    public string BootstrapServers { get; }

    public int Brokers { get; }

    /// <exception cref="InvalidOperationException">It cannot start, or a topic cannot be made.</exception>
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

    /// <exception cref="InvalidOperationException">There is such a topic, or the name or count is not allowed.</exception>
    public void CreateTopic(string name, int partitions)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        Check(MockLibrary.TopicCreate(Cluster, name, partitions, Brokers), $"topic {name} with {partitions} partitions");
    }

    /// <summary>Closes a broker's connections and takes no new ones. Brokers count from 1.</summary>
    public void StopBroker(int broker) => Check(MockLibrary.BrokerSetDown(Cluster, broker), $"taking broker {broker} down");

    /// <summary>Lets a stopped broker take connections again; what it holds is kept.</summary>
    public void ResumeBroker(int broker) => Check(MockLibrary.BrokerSetUp(Cluster, broker), $"taking broker {broker} up");

    /// <summary>Delays every answer of a broker.</summary>
    public void SetRoundTrip(int broker, TimeSpan delay) =>
        Check(MockLibrary.BrokerSetRoundTrip(Cluster, broker, (int)delay.TotalMilliseconds), $"delaying broker {broker}");

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

    private static void Check(ErrorCode code, string what)
    {
        if (code != ErrorCode.NoError)
            throw new InvalidOperationException($"The embedded cluster refuses {what}: {code.GetReason()}");
    }
}
