using System.Text.Json;
using System.Text.RegularExpressions;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>What <c>docker/compose.yaml</c> joins is there, under the names by which the parts know each other.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Compose = File.ReadAllText(Repository.File("docker", "compose.yaml"));

    [Fact]
    public void Every_file_that_is_mounted_is_in_the_repository()
    {
        var mounted = Mount().Matches(Compose).Select(m => m.Groups["path"].Value).ToList();
        Assert.Contains("config/alerts.yml", mounted);
        Assert.All(mounted, path => Assert.True(Path.Exists(Repository.File(path.Split('/'))), path));
    }

    [Fact]
    public void Every_service_has_limits_and_none_is_open_to_anonymous_users()
    {
        var services = Service().Split(Compose[Compose.IndexOf("\nservices:", StringComparison.Ordinal)..Compose.IndexOf("\nsecrets:", StringComparison.Ordinal)]).Skip(1).ToList();
        Assert.Equal(7, services.Count);
        Assert.All(services, service => Assert.True(
            service.Contains("<<: *hnm", StringComparison.Ordinal) || (service.Contains("mem_limit:", StringComparison.Ordinal) && service.Contains("pids_limit:", StringComparison.Ordinal)), service));
        Assert.Contains("GF_AUTH_ANONYMOUS_ENABLED: \"false\"", Compose, StringComparison.Ordinal);
        Assert.Contains("GF_SECURITY_ADMIN_PASSWORD__FILE", Compose, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_and_compose_restrict_the_hosts_and_probes_name_one()
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
    public void Every_host_that_a_part_speaks_to_is_one_of_its_services(params string[] file)
    {
        var hosts = Host().Matches(File.ReadAllText(Repository.File(["config", .. file]))).Select(m => m.Groups["host"].Value).Where(host => host != "0.0.0.0").ToList();
        Assert.NotEmpty(hosts);
        Assert.All(hosts, host => Assert.Contains($"\n  {host}:", Compose, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_board_has_a_name_of_its_own_reads_provisioned_sources_and_lays_its_panels_side_by_side()
    {
        var sources = File.ReadAllText(Repository.File("config", "grafana", "provisioning", "datasources", "sources.yaml"));
        var boards = Directory.GetFiles(Repository.File("config", "grafana", "dashboards"), "*.json");
        Assert.Equal(["kafka", "learner", "mining", "overview", "process"], boards.Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));
        Assert.Contains("dashboards/overview.json", Compose, StringComparison.Ordinal);
        foreach (var path in boards)
        {
            using var board = JsonDocument.Parse(File.ReadAllText(path));
            Assert.Equal($"hnm-{Path.GetFileNameWithoutExtension(path)}", board.RootElement.GetProperty("uid").GetString());
            var taken = new HashSet<(int, int)>();
            foreach (var panel in board.RootElement.GetProperty("panels").EnumerateArray())
            {
                Assert.Contains($"uid: {panel.GetProperty("datasource").GetProperty("uid").GetString()}\n", sources, StringComparison.Ordinal);
                var (at, wide) = (panel.GetProperty("gridPos"), panel.GetProperty("gridPos").GetProperty("w").GetInt32());
                for (var i = 0; i < wide * at.GetProperty("h").GetInt32(); i++)
                    Assert.True(taken.Add((at.GetProperty("x").GetInt32() + (i % wide), at.GetProperty("y").GetInt32() + (i / wide))), $"{path}: {panel.GetProperty("title")} lies on another");
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
