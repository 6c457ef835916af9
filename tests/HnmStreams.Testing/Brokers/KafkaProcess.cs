using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HnmStreams.Testing.Brokers;

/// <summary>
/// An Apache Kafka broker and controller in one process, started from a <c>KAFKA_HOME</c> on free loopback ports. It can be
/// stopped or killed, and started again on the same data and ports.
/// </summary>
public sealed partial class KafkaProcess : IDisposable
{
    private const int Sigterm = 15;
    private static readonly TimeSpan StartStopTimeout = TimeSpan.FromMinutes(2);

    private readonly string _home;
    private readonly string _settings;
    private readonly Func<string, IEnumerable<string>, ProcessStartInfo> _command;
    private Process? _process;

    private KafkaProcess(string home, string settings, string bootstrap, Func<string, IEnumerable<string>, ProcessStartInfo> command) =>
        (_home, _settings, Bootstrap, _command) = (home, settings, bootstrap, command);

    public string Bootstrap { get; }

    /// <summary>Formats a new data folder and starts the broker.</summary>
    /// <param name="folder">The folder for data, settings and logs.</param>
    /// <param name="extra">Additional lines of server.properties.</param>
    /// <param name="address">The address for clients.</param>
    /// <param name="command">Returns the start of a command where that address exists; null for this machine.</param>
    public static async Task<KafkaProcess> StartAsync(string home, string folder, string extra = "", string address = "127.0.0.1", Func<string, IEnumerable<string>, ProcessStartInfo>? command = null)
    {
        command ??= static (file, arguments) => new ProcessStartInfo(file, arguments);
        var (client, controller) = FreePorts();
        var settings = Path.Combine(folder, "server.properties");
        await File.WriteAllTextAsync(settings, Settings(address, client, controller, Path.Combine(folder, "data")) + Environment.NewLine + extra);
        using var format = Launch(command, home, "kafka-storage.sh", "format", "-t", "hnmStreamsTestsCluster", "-c", settings);
        var output = format.StandardOutput.ReadToEndAsync();
        var error = await format.StandardError.ReadToEndAsync();
        await format.WaitForExitAsync();
        if (format.ExitCode != 0)
            throw new InvalidOperationException($"kafka-storage.sh format failed: {await output}{error}");
        var kafka = new KafkaProcess(home, settings, $"{address}:{client}", command);
        await kafka.RestartAsync();
        return kafka;
    }

    /// <summary>Starts the broker again on the same data and ports.</summary>
    public async Task RestartAsync()
    {
        _process = Launch(_command, _home, "kafka-server-start.sh", _settings);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                started.TrySetException(new InvalidOperationException("Kafka exited before it had started."));
            else if (line.Data.Contains("Kafka Server started", StringComparison.Ordinal))
                started.TrySetResult();
        };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await started.Task.WaitAsync(StartStopTimeout);
    }

    /// <summary>Stops the broker gracefully with SIGTERM.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false } process)
            return;
        _ = Signal(process.Id, Sigterm);
        await process.WaitForExitAsync().WaitAsync(StartStopTimeout);
    }

    /// <summary>Kills the broker, as a power failure would.</summary>
    public async Task KillAsync()
    {
        if (_process is not { HasExited: false } process)
            return;
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
    }

    private static Process Launch(Func<string, IEnumerable<string>, ProcessStartInfo> command, string home, string script, params string[] arguments)
    {
        var start = command(Path.Combine(home, "bin", script), arguments);
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        // By default Kafka's scripts write logs into the installation folder, which may be read-only.
        start.Environment["LOG_DIR"] = Path.GetDirectoryName(arguments[^1]);
        return Process.Start(start)!;
    }

    private static (int Client, int Controller) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);

    private static string Settings(string address, int client, int controller, string data) =>
        $"""
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:{controller}
        listeners=PLAINTEXT://{address}:{client},CONTROLLER://127.0.0.1:{controller}
        advertised.listeners=PLAINTEXT://{address}:{client}
        controller.listener.names=CONTROLLER
        inter.broker.listener.name=PLAINTEXT
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        log.dirs={data}
        num.partitions=4
        default.replication.factor=1
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=4
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=4
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        group.initial.rebalance.delay.ms=0
        auto.create.topics.enable=false
        """;
}
