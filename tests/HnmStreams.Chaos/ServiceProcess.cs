using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace HnmStreams.Chaos;

/// <summary>The service under test: the real <c>hnm run</c>, started, looked at over HTTP, killed.</summary>
internal sealed partial class ServiceProcess(string hnm, string settings, Uri pages, string log) : IDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new() { BaseAddress = pages, Timeout = TimeSpan.FromSeconds(5) };
    private readonly List<double> _recoveries = [];
    private Process? _process;
    private long? _startedAt;
    private Task _logging = Task.CompletedTask;

    public int Starts { get; private set; }

    public int Id => _process!.Id;

    /// <summary>Seconds from each start until records were taken, where that was waited for.</summary>
    public IReadOnlyList<double> Recoveries => _recoveries;

    public void Start()
    {
        Starts++;
        _startedAt = TimeProvider.System.GetTimestamp();
        var start = new ProcessStartInfo(hnm, ["run", "--config", settings])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(settings),
        };
        _process = Process.Start(start)!;
        _logging = Task.WhenAll(KeepAsync(_process.StandardOutput), KeepAsync(_process.StandardError));
    }

    /// <summary>Waits until this process has taken records; false where there are none to take for a while.</summary>
    public async Task<bool> WaitUntilWorkingAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < patience)
        {
            EnsureRuns();
            if (await StatusAsync(cancellation) is { } status && Records(status) > 0)
            {
                if (_startedAt is { } start)
                    _recoveries.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
                _startedAt = null;
                return true;
            }

            await Task.Delay(Look, TimeProvider.System, cancellation);
        }

        return false;
    }

    /// <summary>Waits until so many examples are in its state.</summary>
    public async Task WaitUntilConsumedAsync(long examples, TimeSpan patience, CancellationToken cancellation)
    {
        var (last, moved) = (-1L, TimeProvider.System.GetTimestamp());
        while (true)
        {
            EnsureRuns();
            var consumed = await StatusAsync(cancellation) is { } status && status.RootElement.GetProperty("learner") is { ValueKind: JsonValueKind.Object } learner
                ? learner.GetProperty("consumed").GetInt64()
                : last;
            if (consumed >= examples)
                return;
            if (consumed != last)
                (last, moved) = (consumed, TimeProvider.System.GetTimestamp());
            // What never comes is found by the account; the run must not wait for it for ever.
            else if (TimeProvider.System.GetElapsedTime(moved) > patience)
                return;
            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }

    /// <exception cref="InvalidOperationException">It has ended, and nobody asked it to.</exception>
    public void EnsureRuns()
    {
        if (_process!.HasExited)
            throw new InvalidOperationException($"The service ended by itself ({_process.ExitCode}); see {log}");
    }

    /// <summary><c>/api/status</c>; null where it does not answer.</summary>
    public Task<JsonDocument?> StatusAsync(CancellationToken cancellation) =>
        AskAsync(http => http.GetFromJsonAsync<JsonDocument>("/api/status", cancellation), cancellation);

    /// <summary><c>/metrics</c>; null where it does not answer.</summary>
    public Task<string?> MetricsAsync(CancellationToken cancellation) =>
        AskAsync<string>(async http => await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellation), cancellation);

    /// <summary>Records that this process has read, by its status.</summary>
    public static long Records(JsonDocument status) =>
        status.RootElement.GetProperty("stream") is { ValueKind: JsonValueKind.Object } stream ? stream.GetProperty("records").GetInt64() : 0;

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        await _logging;
    }

    /// <summary>SIGTERM, and the wait for its exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan patience)
    {
        _ = Signal(_process!.Id, Terminate);
        await _process.WaitForExitAsync().WaitAsync(patience);
        await _logging;
        return _process.ExitCode;
    }

    /// <summary>Runs another command of the service to its end.</summary>
    public async Task<int> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(hnm, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await Task.WhenAll(KeepAsync(process.StandardOutput), KeepAsync(process.StandardError));
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process?.Dispose();
        _http.Dispose();
    }

    private async Task<T?> AskAsync<T>(Func<HttpClient, Task<T?>> question, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await question(_http);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task KeepAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (_http)
                File.AppendAllText(log, string.Create(CultureInfo.InvariantCulture, $"{Starts,3} {line}{Environment.NewLine}"));
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);
}
