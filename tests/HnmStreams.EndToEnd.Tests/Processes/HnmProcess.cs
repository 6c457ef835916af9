using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HnmStreams.EndToEnd.Tests.Processes;

/// <summary>The executable <c>hnm</c> in a separate process, with its captured output.</summary>
internal sealed partial class HnmProcess : IAsyncDisposable
{
    // Detects hangs only. A small machine under load may be slow, which is not a failure.
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _more = new(0);

    private HnmProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, e) => AddLine(e.Data);
        _process.ErrorDataReceived += (_, e) => AddLine(e.Data);
    }

    /// <summary>The path of the executable.</summary>
    public static string Executable => Path.Combine(AppContext.BaseDirectory, "hnm");

    public string Output => string.Join('\n', _lines);

    public static HnmProcess Start(params string[] arguments) => StartProgram("hnm.dll", arguments);

    /// <summary>Starts a program beside the tests.</summary>
    public static HnmProcess StartProgram(string assembly, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, assembly));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = new HnmProcess(new Process { StartInfo = start });
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        process._process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs a command until it exits.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return (await process.ExitAsync(), process.Output);
    }

    /// <summary>Waits for the first line that contains <paramref name="text"/> and returns it.</summary>
    public async Task<string> LineAsync(string text)
    {
        using var deadline = new CancellationTokenSource(WaitTimeout);
        while (true)
        {
            if (_lines.FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal)) is { } line)
                return line;
            if (_process.HasExited)
                throw new InvalidOperationException($"hnm exited with code {_process.ExitCode} before it printed '{text}':\n{Output}");
            try
            {
                await _more.WaitAsync(TimeSpan.FromSeconds(1), deadline.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"hnm did not print '{text}' within {WaitTimeout}:\n{Output}", e);
            }
        }
    }

    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(WaitTimeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"hnm did not exit within {WaitTimeout}:\n{Output}", e);
        }

        return _process.ExitCode;
    }

    /// <summary>Sends SIGTERM, as a service supervisor does.</summary>
    public void Terminate() => Signal(15);

    /// <summary>Sends SIGKILL, as the out-of-memory killer does.</summary>
    public void Kill() => Signal(9);

    /// <summary>Sends SIGSTOP, which suspends the process until <see cref="Thaw"/>.</summary>
    public void Freeze() => Signal(19);

    /// <summary>Sends SIGCONT.</summary>
    public void Thaw() => Signal(18);

    /// <summary>Returns a client of its HTTP endpoints.</summary>
    public async Task<HttpClient> HttpAsync() => new() { BaseAddress = new Uri((await LineAsync("http    ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) };

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

    private void AddLine(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        _more.Release();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
