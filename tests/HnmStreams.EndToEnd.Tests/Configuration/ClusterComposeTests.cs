using System.Diagnostics;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Pipeline.Cluster.Remoting;
using HnmStreams.Testing;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>Tests that <c>docker/compose.cluster.yaml</c> describes a cluster that starts: its settings, addresses and certificates fit each other.</summary>
public sealed class ClusterComposeTests
{
    private static readonly string[] Nodes = ["hnm", "standby", "score-1", "score-2"];
    private readonly string _text = File.ReadAllText(Repository.File("docker", "compose.cluster.yaml"));
    private readonly Dictionary<object, object> _services;

    public ClusterComposeTests() => _services = Map(Map(new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(_text)))))["services"]);

    [Fact]
    public void Every_node_has_valid_settings_and_advertises_its_service()
    {
        foreach (var node in Nodes)
        {
            using var folder = new TemporaryFolder();
            var environment = Map(Map(_services[node])["environment"]).ToDictionary(v => (string)v.Key, v => (string)v.Value, StringComparer.Ordinal);
            var options = new SettingsLoader(new ConfigFiles(folder.Path, folder["program"]), environment).Load(new SettingsRequest()).Options;
            ClusterSettings.Check(options);
            Assert.Equal((true, node.StartsWith("score", StringComparison.Ordinal) ? ClusterOptions.Score : ClusterOptions.Learn, node), (options.Cluster.Enabled, options.Cluster.Role, options.Cluster.AdvertisedHost));
            Assert.Equal(["hnm:8110", "standby:8110"], options.Cluster.SeedNodes);
            Assert.Equal(Nodes, options.Cluster.Security.PeerNames);
        }
    }

    [Fact]
    public void Every_service_has_limits_no_rights_and_listens_on_loopback_only()
    {
        foreach (var (name, value) in _services.Where(s => (string)s.Key != "kafka"))
        {
            var service = Map(value);
            Assert.Equal((true, "true"), (service.ContainsKey("mem_limit") && service.ContainsKey("pids_limit"), service["read_only"]));
            Assert.Equal(["ALL"], (List<object>)service["cap_drop"]);
            Assert.All(service.TryGetValue("ports", out var ports) ? (List<object>)ports : [], port => Assert.StartsWith("127.0.0.1:", (string)port, StringComparison.Ordinal));
            Assert.True(name is "producer" || ((List<object>)service["volumes"]).Contains($"./.cluster-tls/{name}:/tls:ro"));
        }

        var kafka = Map(Map(_services["kafka"])["extends"]);
        Assert.Contains($"\n  {kafka["service"]}:\n", File.ReadAllText(Repository.File("docker", (string)kafka["file"])), StringComparison.Ordinal);
        Assert.Contains("docker/.cluster-tls/", File.ReadAllText(Repository.File(".gitignore")), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_command_at_the_top_makes_certificates_that_the_nodes_accept()
    {
        var command = _text.Split('\n').Select(l => l.TrimStart('#', ' ')).Single(l => l.StartsWith("docker/certificates.sh", StringComparison.Ordinal)).Split(' ');
        using var folder = new TemporaryFolder();
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/openssl"))
            Assert.Skip("The script needs openssl.");
        var start = new ProcessStartInfo("/bin/sh", [Repository.File("docker", "certificates.sh"), folder.Path, .. command[2..]]);
        using (var process = Process.Start(start)!)
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
        }

        foreach (var node in Nodes)
        {
            var security = new ClusterSecurityOptions { CertificateFile = folder[$"{node}/tls.crt"], KeyFile = folder[$"{node}/tls.key"], AuthorityFile = folder[$"{node}/ca.crt"], PeerNames = Nodes };
            using var settings = RemotingSettings.Create(new NodeAddress("0.0.0.0", node, 8110), security, TimeProvider.System);
            Assert.NotNull(settings.Tls);
            Assert.Throws<ClusterSecurityException>(() => RemotingSettings.Create(new NodeAddress("0.0.0.0", "stranger", 8110), security, TimeProvider.System));
        }
    }

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;
}
