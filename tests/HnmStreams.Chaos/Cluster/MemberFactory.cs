using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using HnmStreams.Chaos.Networks;
using HnmStreams.Testing;

namespace HnmStreams.Chaos.Cluster;

/// <summary>The settings of the processes of a cluster under test. In a network each has the ports of the documentation and a certificate; on loopback each has free ports.</summary>
internal sealed class MemberFactory
{
    public const string Group = "chaos-cluster";
    private const string CertificateScript = "docker/certificates.sh";
    private const int ClusterPort = 8110, WeightsPort = 8111, PagePort = 8088;

    private readonly ClusterChaosOptions _options;
    private readonly ChaosTopic _topic;
    private readonly TestNetwork? _network;
    private readonly Dictionary<string, int> _ports;
    private readonly string _certificates;

    /// <param name="learners">The names of the processes that learn, through which all join.</param>
    public MemberFactory(ClusterChaosOptions options, ChaosTopic topic, TestNetwork? network, IEnumerable<string> learners)
    {
        (_options, _topic, _network) = (options, topic, network);
        _ports = learners.ToDictionary(name => name, _ => network is null ? FreePort.Find() : ClusterPort, StringComparer.Ordinal);
        _certificates = Path.Combine(options.Work, "certificates");
        if (network is not null)
            MakeCertificates(network);
    }

    public ServiceProcess CreateLearner(string name) => Create(name, "learn", _ports[name]);

    public ServiceProcess CreateNode(string name) => Create(name, "score", _network is null ? FreePort.Find() : ClusterPort);

    private ServiceProcess Create(string name, string role, int port)
    {
        var machine = _network?[name] ?? Machine.Local;
        var pages = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{(_network is null ? FreePort.Find() : PagePort)}"));
        var settings = JsonNode.Parse(File.ReadAllText(_topic.Settings))!;
        settings["kafka"]!["groupId"] = Group;
        settings["http"]!["urls"] = pages.ToString().TrimEnd('/');
        settings["pipeline"]!["checkpointing"]!["leaseExpiry"] = "3s";
        settings["run"]!["restarts"] = 1_000;
        var cluster = new JsonObject
        {
            ["enabled"] = true,
            ["role"] = role,
            ["nodeName"] = name,
            ["host"] = machine.Address,
            ["port"] = port,
            ["weightsPort"] = _network is null ? 0 : WeightsPort,
            ["seedNodes"] = new JsonArray([.. _ports.Select(seed => JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"{_network?[seed.Key].Address ?? machine.Address}:{seed.Value}")))]),
        };
        if (_network is not null)
        {
            var folder = Path.Combine(_certificates, name);
            cluster["security"] = new JsonObject
            {
                ["certificateFile"] = Path.Combine(folder, "tls.crt"),
                ["keyFile"] = Path.Combine(folder, "tls.key"),
                ["authorityFile"] = Path.Combine(folder, "ca.crt"),
            };
        }

        settings["cluster"] = cluster;
        var path = Path.Combine(Path.GetDirectoryName(_topic.Settings)!, $"{name}.json");
        File.WriteAllText(path, settings.ToJsonString());
        return new ServiceProcess(_options.Hnm, path, pages, Path.Combine(_options.Work, $"{name}.log"), machine);
    }

    /// <summary>Makes certificates for all machines with the script of the documentation.</summary>
    private void MakeCertificates(TestNetwork network)
    {
        var script = ScriptPath();
        using var process = Process.Start(new ProcessStartInfo("sh", [script, _certificates, .. network.Machines.Select(machine => $"{machine.Key}=IP:{machine.Value.Address}")]) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{script} failed, which needs openssl: {error.Trim()}");
    }

    private static string ScriptPath()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, CertificateScript) is var path && File.Exists(path))
                return path;
        }

        throw new FileNotFoundException($"{CertificateScript} was not found above {AppContext.BaseDirectory}: run the program from a checkout of the repository.");
    }
}
