using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Web.Operating;

/// <summary>The memory of the GPUs, read from <c>nvidia-smi</c>, because TorchSharp does not report it. Only for a learner on a CUDA device.</summary>
/// <param name="read">Returns the output of <c>nvidia-smi</c>.</param>
/// <remarks>Thread-safe. Never waits: a reading that is too old starts the next one in the background. Not tried on a GPU; tests use recorded output.</remarks>
internal sealed partial class GpuMonitor(Func<CancellationToken, Task<string>> read, TimeProvider time, ILogger<GpuMonitor> logger)
{
    /// <summary>The minimum time between two readings.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private IReadOnlyList<GpuMemory> _latest = [];
    private long? _startedAt;
    private bool _isReading;
    private bool _isUnavailable;

    /// <summary>Returns the latest reading, empty before the first one and if the device is not a CUDA device.</summary>
    /// <param name="device">The device of the model; null if it is unknown.</param>
    public IReadOnlyList<GpuMemory> Latest(string? device)
    {
        if (device is null || !device.StartsWith("cuda", StringComparison.Ordinal))
            return [];
        lock (_gate)
        {
            if (!_isReading && !_isUnavailable && (_startedAt is not { } at || time.GetElapsedTime(at) >= Interval))
            {
                (_isReading, _startedAt) = (true, time.GetTimestamp());
                _ = Task.Run(ReadAsync);
            }

            return _latest;
        }
    }

    /// <summary>Runs <c>nvidia-smi</c> and returns its output.</summary>
    /// <exception cref="Win32Exception">The program does not exist.</exception>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo("nvidia-smi", GpuMemory.Arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? output : throw new InvalidOperationException($"nvidia-smi ended with code {process.ExitCode}.");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private async Task ReadAsync()
    {
        IReadOnlyList<GpuMemory> latest = [];
        try
        {
            using var deadline = new CancellationTokenSource(Timeout, time);
            latest = GpuMemory.Parse(await read(deadline.Token));
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or OperationCanceledException or IOException)
        {
            _isUnavailable = true;
            LogUnavailable(e.Message);
        }

        lock (_gate)
            (_latest, _isReading) = (latest, false);
    }

    [LoggerMessage(EventId = 814, EventName = "GpuMemoryUnavailable", Level = LogLevel.Warning, Message = "The memory of the GPU is not shown, because nvidia-smi cannot be run: {Reason}")]
    private partial void LogUnavailable(string reason);
}
