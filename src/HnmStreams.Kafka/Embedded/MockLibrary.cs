using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace HnmStreams.Kafka.Embedded;

/// <summary>
/// The functions of librdkafka's mock cluster (rdkafka_mock.h). Confluent.Kafka does not wrap them; they are called in the
/// same native library that it loads.
/// </summary>
internal static partial class MockLibrary
{
    private const string Name = "librdkafka";
    private const int ProducerKind = 0;
    private const int ErrorTextBytes = 512;

    static MockLibrary() => NativeLibrary.SetDllImportResolver(typeof(MockLibrary).Assembly, Find);

    /// <summary>Creates the client handle that the mock cluster needs. The handle connects to no broker.</summary>
    /// <exception cref="InvalidOperationException">librdkafka cannot create the handle.</exception>
    public static nint CreateHandle()
    {
        var configuration = ConfNew();
        var text = new byte[ErrorTextBytes];
        // The handle has no brokers, which librdkafka would report on standard error: its lines are discarded.
        unsafe
        {
            ConfSetLog(configuration, &Discard);
        }

        var handle = New(ProducerKind, configuration, text, text.Length);
        if (handle != 0)
            return handle;
        ConfDestroy(configuration);
        throw new InvalidOperationException($"librdkafka cannot create a handle: {System.Text.Encoding.UTF8.GetString(text).TrimEnd('\0')}");
    }

    [LibraryImport(Name, EntryPoint = "rd_kafka_destroy")]
    public static partial void Destroy(nint handle);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint ClusterNew(nint handle, int brokers);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void ClusterDestroy(nint cluster);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint ClusterBootstraps(nint cluster);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void GroupInitialRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial ErrorCode TopicCreate(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial ErrorCode BrokerSetDown(nint cluster, int broker);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial ErrorCode BrokerSetUp(nint cluster, int broker);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint ConfNew();

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_destroy")]
    private static partial void ConfDestroy(nint configuration);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ConfSet(nint configuration, string name, string value, [Out] byte[] error, nint errorBytes);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set_log_cb")]
    private static unsafe partial void ConfSetLog(nint configuration, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> log);

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static unsafe void Discard(nint handle, int level, byte* facility, byte* text)
    {
    }

    [LibraryImport(Name, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int kind, nint configuration, [Out] byte[] error, nint errorBytes);

    /// <summary>
    /// Finds the library that Confluent.Kafka loads. Its package contains several builds, of which it uses the first that
    /// loads; the order here is the same.
    /// </summary>
    private static nint Find(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path)
    {
        if (!string.Equals(name, Name, StringComparison.Ordinal))
            return 0;
        string[] builds = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) || RuntimeInformation.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal)
            ? ["alpine-librdkafka", Name]
            : [Name, "centos8-librdkafka"];
        foreach (var build in builds)
        {
            if (NativeLibrary.TryLoad(build, typeof(Library).Assembly, path, out var handle))
                return handle;
        }

        return 0;
    }
}
