using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HnmStreams.EndToEnd.Tests.Processes;

/// <summary>The real <c>hnm</c>, in a process of its own, with all that it prints.</summary>
internal sealed partial class HnmProcess : IAsyncDisposable
{
    // For what hangs: a small machine under load is slow, which is no failure.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _more = new(0);

    private HnmProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, e) => Note(e.Data);
        _process.ErrorDataReceived += (_, e) => Note(e.Data);
    }

    /// <summary>The built service as a program of its own.</summary>
    public static string Executable => Path.Combine(AppContext.BaseDirectory, "hnm");

    public string Output => string.Join('\n', _lines);

    public static HnmProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "hnm.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = new HnmProcess(new Process { StartInfo = start });
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        process._process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return (await process.ExitAsync(), process.Output);
    }

    /// <summary>The first line, already printed or still to come, that holds <paramref name="text"/>.</summary>
    public async Task<string> LineAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
                return found;
            if (_process.HasExited)
                throw new InvalidOperationException($"hnm ended ({_process.ExitCode}) before it said '{text}':\n{Output}");
            try
            {
                await _more.WaitAsync(TimeSpan.FromSeconds(1), deadline.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"hnm did not say '{text}' within {Patience}:\n{Output}", e);
            }
        }
    }

    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"hnm did not end within {Patience}:\n{Output}", e);
        }

        return _process.ExitCode;
    }

    /// <summary>Asks it to end as a service supervisor would.</summary>
    public void Terminate() => Signal(15);

    /// <summary>Ends it as the out-of-memory killer would.</summary>
    public void Kill() => Signal(9);

    /// <summary>Holds it still, as a machine that is suspended would; <see cref="Thaw"/> lets it go on.</summary>
    public void Freeze() => Signal(19);

    public void Thaw() => Signal(18);

    /// <summary>A client of its pages, whatever port they got.</summary>
    public async Task<HttpClient> HttpAsync() => new() { BaseAddress = new Uri((await LineAsync("pages")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) };

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _more.Dispose();
    }

    private void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
            throw new InvalidOperationException($"Signal {signal} could not be sent.");
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        _more.Release();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
