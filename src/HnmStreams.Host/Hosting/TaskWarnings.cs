using HnmStreams.Tasks;

namespace HnmStreams.Host.Hosting;

/// <summary>The log of a task's warnings: each once, as it appears.</summary>
internal sealed partial class TaskWarnings(IMiningTask task, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);
    private readonly HashSet<string> _logged = new(StringComparer.Ordinal);

    /// <summary>Logs the warnings until canceled, and those of the end.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await Task.Delay(CheckInterval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var warning in task.Warnings)
            {
                if (_logged.Add(warning.Key))
                    LogWarning(warning.Text);
            }
        }
    }

    [LoggerMessage(EventId = 730, Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void LogWarning(string warning);
}
