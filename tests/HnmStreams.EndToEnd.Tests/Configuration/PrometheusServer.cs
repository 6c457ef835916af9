using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>A Prometheus process with the repository's configuration, except for the target's address and shorter intervals.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly HttpClient _http;

    private PrometheusServer(string program, Uri target)
    {
        var settings = File.ReadAllText(Repository.File("config", "prometheus.yml"))
            .Replace("scrape_interval: 5s", "scrape_interval: 250ms\n  evaluation_interval: 250ms", StringComparison.Ordinal)
            .Replace("hnm:8088", target.Authority, StringComparison.Ordinal)
            .Replace("alerts.yml", Repository.File("config", "alerts.yml"), StringComparison.Ordinal);
        File.WriteAllText(_folder["prometheus.yml"], settings);
        var address = $"127.0.0.1:{FreePort.Find()}";
        _process = Process.Start(new ProcessStartInfo(
            program, [$"--config.file={_folder["prometheus.yml"]}", $"--storage.tsdb.path={_folder["data"]}", $"--web.listen-address={address}", "--log.level=error"])
        {
            UseShellExecute = false,
        })!;
        _http = new HttpClient { BaseAddress = new Uri($"http://{address}") };
    }

    /// <summary>Starts the server and waits until it has scraped the target.</summary>
    public static async Task<PrometheusServer> StartAsync(string program, Uri target)
    {
        var server = new PrometheusServer(program, target);
        try
        {
            await server.UntilAsync(async () => (await server.ValuesAsync("up{job=\"hnm\"} == 1")).Count > 0);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the current values of the series of an expression.</summary>
    /// <exception cref="InvalidOperationException">The expression is invalid.</exception>
    public async Task<IReadOnlyList<double>> ValuesAsync(string expression)
    {
        using var answer = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
        if (answer.RootElement.GetProperty("status").GetString() != "success")
            throw new InvalidOperationException($"{expression}: {answer.RootElement}");
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .Select(series => double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))];
    }

    /// <summary>Returns the scraped type and unit of a metric; null if it was not scraped.</summary>
    public async Task<(string Type, string Unit)?> MetadataAsync(string metric)
    {
        using var answer = await GetAsync($"/api/v1/metadata?metric={metric}");
        return answer.RootElement.GetProperty("data").TryGetProperty(metric, out var found)
            ? (found[0].GetProperty("type").GetString()!, found[0].GetProperty("unit").GetString()!)
            : null;
    }

    /// <summary>Returns the name, the health and the state of each rule.</summary>
    public async Task<IReadOnlyList<(string Name, string Health, string State)>> RulesAsync()
    {
        using var answer = await GetAsync("/api/v1/rules");
        return [.. answer.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(rule => (rule.GetProperty("name").GetString()!, rule.GetProperty("health").GetString()!, rule.GetProperty("state").GetString()!))];
    }

    /// <summary>Polls until the condition holds. The time limit of the test ends it.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"prometheus exited with code {_process.ExitCode}.");
            try
            {
                if (await condition())
                    return;
            }
            catch (HttpRequestException)
            {
                // The server is not ready yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task<JsonDocument> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
