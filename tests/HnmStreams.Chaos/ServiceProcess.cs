using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using HnmStreams.Chaos.Networks;

namespace HnmStreams.Chaos;

/// <summary>The process of the service under test, <c>hnm run</c>, with its HTTP status.</summary>
/// <param name="machine">The machine that it runs on; null for this one.</param>
internal sealed partial class ServiceProcess(string hnm, string settings, Uri pages, string log, Machine? machine = null) : IDisposable
{
    private const int SigKill = 9, SigTerm = 15, SigStop = 19, SigCont = 18;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly Machine _machine = machine ?? Machine.Local;
    private readonly HttpClient _http = (machine ?? Machine.Local).CreateClient(pages);
    private readonly List<double> _recoveries = [];
    private Process? _process;
    private long? _startedAt;
    private Task _logging = Task.CompletedTask;

    /// <summary>The number of times that the service was started.</summary>
    public int Starts { get; private set; }

    /// <summary>The path of the settings that the next start uses.</summary>
    public string Settings { get; set; } = settings;

    public Machine Machine => _machine;

    public int Id => _machine.ProcessIdOf(_process!) ?? _process!.Id;

    /// <summary>The seconds from a start until records were read, for each start that was followed by <see cref="WaitUntilWorkingAsync"/>.</summary>
    public IReadOnlyList<double> Recoveries => _recoveries;

    public void Start()
    {
        Starts++;
        _startedAt = TimeProvider.System.GetTimestamp();
        var start = _machine.StartInfoApart(hnm, ["run", "--config", Settings]);
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = Path.GetDirectoryName(Settings);
        _process = Process.Start(start)!;
        _logging = Task.WhenAll(CopyToLogAsync(_process.StandardOutput), CopyToLogAsync(_process.StandardError));
    }

    /// <summary>Waits until this process has read records. Returns false after the timeout.</summary>
    public async Task<bool> WaitUntilWorkingAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < timeout)
        {
            ThrowIfExited();
            if (await StatusAsync(cancellation) is { } status && Records(status) > 0)
            {
                if (_startedAt is { } start)
                    _recoveries.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
                _startedAt = null;
                return true;
            }

            await Task.Delay(PollInterval, TimeProvider.System, cancellation);
        }

        return false;
    }

    /// <summary>Waits until the state contains this number of examples, or until the number has not changed for <paramref name="timeout"/>.</summary>
    public async Task WaitUntilConsumedAsync(long examples, TimeSpan timeout, CancellationToken cancellation)
    {
        var (last, moved) = (-1L, TimeProvider.System.GetTimestamp());
        while (true)
        {
            ThrowIfExited();
            var consumed = await StatusAsync(cancellation) is { } status && status.RootElement.GetProperty("learner") is { ValueKind: JsonValueKind.Object } learner
                ? Consumed(learner.GetProperty("ranking").GetProperty("stream"))
                : last;
            if (consumed >= examples)
                return;
            if (consumed != last)
                (last, moved) = (consumed, TimeProvider.System.GetTimestamp());
            // Missing examples are found by the comparison afterwards, so the wait ends here.
            else if (TimeProvider.System.GetElapsedTime(moved) > timeout)
                return;
            await Task.Delay(PollInterval, TimeProvider.System, cancellation);
        }
    }

    // Examples, and labels in separate records.
    private static long Consumed(JsonElement stream) => stream.GetProperty("consumed").GetInt64() + stream.GetProperty("lateLabels").GetInt64();

    /// <exception cref="InvalidOperationException">The service has exited by itself.</exception>
    public void ThrowIfExited()
    {
        if (_process!.HasExited)
            throw new InvalidOperationException($"The service exited by itself with code {_process.ExitCode}; see {log}.");
    }

    /// <summary>Requests <c>/api/status</c>. Returns null if the service does not answer.</summary>
    public Task<JsonDocument?> StatusAsync(CancellationToken cancellation) =>
        RequestAsync(http => http.GetFromJsonAsync<JsonDocument>("/api/status", cancellation), cancellation);

    /// <summary>Requests <c>/metrics</c>. Returns null if the service does not answer.</summary>
    public Task<string?> MetricsAsync(CancellationToken cancellation) =>
        RequestAsync<string>(async http => await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellation), cancellation);

    /// <summary>Returns the number of records that this process has read, according to its status.</summary>
    public static long Records(JsonDocument status) =>
        status.RootElement.GetProperty("stream") is { ValueKind: JsonValueKind.Object } stream ? stream.GetProperty("records").GetInt64() : 0;

    /// <summary>True if the process has ended.</summary>
    public bool HasExited => _process is { HasExited: true };

    /// <summary>Stops the process with SIGSTOP: it keeps its connections but does nothing.</summary>
    public void Freeze() => _ = Signal(Id, SigStop);

    /// <summary>Lets a stopped process go on.</summary>
    public void Continue() => _ = Signal(Id, SigCont);

    public async Task KillAsync()
    {
        _ = Signal(Id, SigKill);
        await _process!.WaitForExitAsync();
        await _logging;
    }

    /// <summary>Sends SIGTERM and waits for the exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan timeout)
    {
        _ = Signal(Id, SigTerm);
        await _process!.WaitForExitAsync().WaitAsync(timeout);
        await _logging;
        return _process.ExitCode;
    }

    /// <summary>Runs another command of the executable and returns its exit code.</summary>
    public async Task<int> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(hnm, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await Task.WhenAll(CopyToLogAsync(process.StandardOutput), CopyToLogAsync(process.StandardError));
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>Runs another command of the executable and returns its exit code. Kills it after the timeout.</summary>
    /// <exception cref="TimeoutException">The command did not end in time.</exception>
    public async Task<int> RunAsync(TimeSpan timeout, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(hnm, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var logging = Task.WhenAll(CopyToLogAsync(process.StandardOutput), CopyToLogAsync(process.StandardError));
        try
        {
            await process.WaitForExitAsync().WaitAsync(timeout, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        await logging;
        return process.ExitCode;
    }

    /// <summary>Returns true if <c>/healthz/live</c> answers with success.</summary>
    public async Task<bool> IsLiveAsync(CancellationToken cancellation) =>
        await RequestAsync<string>(async http => await http.GetStringAsync(new Uri("/healthz/live", UriKind.Relative), cancellation), cancellation) is not null;

    /// <summary>Returns true if <c>/healthz/ready</c> answers with success.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation) =>
        await RequestAsync<string>(async http => await http.GetStringAsync(new Uri("/healthz/ready", UriKind.Relative), cancellation), cancellation) is not null;

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

    private async Task<T?> RequestAsync<T>(Func<HttpClient, Task<T?>> request, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await request(_http);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task CopyToLogAsync(StreamReader output)
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
