using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using HnmStreams.EndToEnd.Tests.Configuration;
using HnmStreams.EndToEnd.Tests.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HnmStreams.EndToEnd.Tests.Dashboard;

/// <summary>Tests of <c>make dashboards</c>: Prometheus and the Aspire dashboard beside the service, opened in a real browser.</summary>
public sealed class DashboardsTests
{
    [Fact(Timeout = 600_000)]
    public async Task Traces_metrics_and_logs_are_in_the_dashboards()
    {
        DebianTool.OrSkip("prometheus", "prometheus");
        var aspire = typeof(DashboardsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "AspireDashboard").Value!;
        Assert.SkipUnless(File.Exists(Path.Combine(aspire, "Aspire.Dashboard")), "The test needs the package Aspire.Dashboard.Sdk.linux-x64.");
        await using var browser = await Browser.StartAsync();
        var ports = FreePorts(4);
        using var dashboards = Start(aspire, ports);
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports[0]}") };
            await UntilAsync(dashboards, async () => (await http.GetStringAsync(new Uri("/api/traces?outcome=trained&limit=1", UriKind.Relative), TestContext.Current.CancellationToken)).Contains("\"record\"", StringComparison.Ordinal));

            var traces = await browser.OpenAsync(new Uri($"http://127.0.0.1:{ports[1]}/traces"), 1400, 900, ColorScheme.Light);
            await Expect(traces.GetByText("hnm.produce").First).ToBeVisibleAsync();
            await SaveAsync(traces, "aspire-traces");
            await traces.GotoAsync($"http://127.0.0.1:{ports[1]}/structuredlogs");
            await Expect(traces.GetByText("were assigned").First).ToBeVisibleAsync();
            await SaveAsync(traces, "aspire-logs");
            await traces.GotoAsync($"http://127.0.0.1:{ports[1]}/metrics/resource/hnm");
            await Expect(traces.GetByText("HnmStreams.Pipeline").First).ToBeVisibleAsync();
            await SaveAsync(traces, "aspire-metrics");

            var rules = await browser.OpenAsync(new Uri($"http://127.0.0.1:{ports[3]}/classic/alerts"), 1400, 900, ColorScheme.Light);
            await Expect(rules.GetByText("Hnm").First).ToBeVisibleAsync();
            await SaveAsync(rules, "prometheus-alerts");
        }
        finally
        {
            dashboards.Kill(entireProcessTree: true);
            await dashboards.WaitForExitAsync(CancellationToken.None);
        }
    }

    // Ports: the page, the Aspire dashboard, its OTLP endpoint, Prometheus.
    private static Process Start(string aspire, int[] ports)
    {
        var start = new ProcessStartInfo(Repository.File(".ci", "dashboards"))
        {
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        string[] arguments = [HnmProcess.Executable, aspire, "--checkpoints", "off", "--set", "models.folder=null", "--set", "run.display=none", "--set", "telemetry.traceShare=0.01", "--rate", "2000"];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, port) in new[] { "HNM_PORT", "ASPIRE_PORT", "OTLP_PORT", "PROMETHEUS_PORT" }.Zip(ports))
            start.Environment[name] = $"{port}";
        return Process.Start(start)!;
    }

    private static async Task UntilAsync(Process process, Func<Task<bool>> condition)
    {
        while (true)
        {
            Assert.False(process.HasExited, "The script has ended.");
            try
            {
                if (await condition())
                    return;
            }
            catch (HttpRequestException)
            {
                // The service does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        }
    }

    private static async Task SaveAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("HNM_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }
}
