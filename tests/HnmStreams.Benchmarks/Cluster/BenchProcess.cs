using System.Diagnostics;
using System.Globalization;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>A process of a cluster under measurement. Its output goes to a file.</summary>
internal sealed class BenchProcess : IDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;

    public BenchProcess(string executable, IReadOnlyList<string> arguments, string log)
    {
        _log = new StreamWriter(log) { AutoFlush = true };
        _process = Process.Start(new ProcessStartInfo(executable, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, line) => Write(line.Data);
        _process.ErrorDataReceived += (_, line) => Write(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Log = log;
    }

    public string Log { get; }

    /// <summary>The processor time so far, of user and kernel.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public TimeSpan ProcessorTime
    {
        get
        {
            if (_process.HasExited)
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"A process of the cluster has ended with code {_process.ExitCode}; see {Log}."));
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        lock (_log)
            _log.Dispose();
    }

    private void Write(string? line)
    {
        lock (_log)
        {
            if (line is not null && _log.BaseStream.CanWrite)
                _log.WriteLine(line);
        }
    }
}
