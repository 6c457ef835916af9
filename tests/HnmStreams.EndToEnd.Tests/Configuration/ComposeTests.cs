using System.Text.Json;
using System.Text.RegularExpressions;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>Tests that the files and service names used by <c>docker/compose.yaml</c> and the configurations that it mounts match.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Compose = File.ReadAllText(Repository.File("docker", "compose.yaml"));

    [Fact]
    public void Every_mounted_file_is_in_the_repository()
    {
        var mounted = Mount().Matches(Compose).Select(m => m.Groups["path"].Value).ToList();
        Assert.Contains("config/alerts.yml", mounted);
        Assert.All(mounted, path => Assert.True(Path.Exists(Repository.File(path.Split('/'))), path));
    }

    [Fact]
    public void Every_service_has_limits_and_anonymous_access_is_off()
    {
        var services = Service().Split(Compose[Compose.IndexOf("\nservices:", StringComparison.Ordinal)..Compose.IndexOf("\nsecrets:", StringComparison.Ordinal)]).Skip(1).ToList();
        Assert.Equal(7, services.Count);
        Assert.All(services, service => Assert.True(
            service.Contains("<<: *hnm", StringComparison.Ordinal) || (service.Contains("mem_limit:", StringComparison.Ordinal) && service.Contains("pids_limit:", StringComparison.Ordinal)), service));
        Assert.Contains("GF_AUTH_ANONYMOUS_ENABLED: \"false\"", Compose, StringComparison.Ordinal);
        Assert.Contains("GF_SECURITY_ADMIN_PASSWORD__FILE", Compose, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_and_compose_restrict_the_hosts_and_the_health_check_sends_an_allowed_host()
    {
        Assert.Contains("HNM__Http__AllowedHosts=localhost;", File.ReadAllText(Repository.File("docker", "Dockerfile")), StringComparison.Ordinal);
        // Prometheus reaches the service by its name.
        Assert.Contains("HNM__Http__AllowedHosts: localhost;127.0.0.1;hnm\n", Compose, StringComparison.Ordinal);
        Assert.Contains("Host: localhost", Compose, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prometheus.yml")]
    [InlineData("otel-collector.yaml")]
    [InlineData("grafana", "provisioning", "datasources", "sources.yaml")]
    public void Every_host_in_a_configuration_is_a_compose_service(params string[] file)
    {
        var hosts = Host().Matches(File.ReadAllText(Repository.File(["config", .. file]))).Select(m => m.Groups["host"].Value).Where(host => host != "0.0.0.0").ToList();
        Assert.NotEmpty(hosts);
        Assert.All(hosts, host => Assert.Contains($"\n  {host}:", Compose, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_dashboard_has_a_unique_id_provisioned_data_sources_and_panels_that_do_not_overlap()
    {
        var sources = File.ReadAllText(Repository.File("config", "grafana", "provisioning", "datasources", "sources.yaml"));
        var dashboards = Directory.GetFiles(Repository.File("config", "grafana", "dashboards"), "*.json");
        Assert.Equal(["cluster", "kafka", "learner", "mining", "overview", "process"], dashboards.Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));
        Assert.Contains("dashboards/overview.json", Compose, StringComparison.Ordinal);
        foreach (var path in dashboards)
        {
            using var dashboard = JsonDocument.Parse(File.ReadAllText(path));
            Assert.Equal($"hnm-{Path.GetFileNameWithoutExtension(path)}", dashboard.RootElement.GetProperty("uid").GetString());
            var occupied = new HashSet<(int, int)>();
            foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
            {
                Assert.Contains($"uid: {panel.GetProperty("datasource").GetProperty("uid").GetString()}\n", sources, StringComparison.Ordinal);
                var (position, width) = (panel.GetProperty("gridPos"), panel.GetProperty("gridPos").GetProperty("w").GetInt32());
                for (var i = 0; i < width * position.GetProperty("h").GetInt32(); i++)
                    Assert.True(occupied.Add((position.GetProperty("x").GetInt32() + (i % width), position.GetProperty("y").GetInt32() + (i / width))), $"{path}: {panel.GetProperty("title")} overlaps another panel");
            }
        }
    }

    [GeneratedRegex(@"\n  (?=[a-z]+:(?: &[a-z]+)?\n)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Service();

    [GeneratedRegex(@"\.\./(?<path>config/[^:""]+):", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Mount();

    [GeneratedRegex(@"(?:http://|""|endpoint: )(?<host>[a-z0-9.]+):\d+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Host();
}
