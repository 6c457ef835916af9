using HnmStreams.Configuration.Sections;

namespace HnmStreams.Host.Terminal;

/// <summary>The display of a process that does not learn: one line per <c>run.reportEvery</c>, and none with <c>run.display</c> = <c>none</c>.</summary>
internal static class StatusLines
{
    /// <summary>Writes lines until the process ends.</summary>
    /// <param name="line">Returns the line for the present state.</param>
    public static async Task WriteAsync(RunOptions options, TextWriter output, Func<string> line, TimeProvider time, CancellationToken ended)
    {
        if (IsOff(options))
            return;
        using var timer = new PeriodicTimer(options.ReportEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
                output.WriteLine(line());
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    /// <summary>Returns true if no line is written.</summary>
    public static bool IsOff(RunOptions options) => string.Equals(options.Display, "none", StringComparison.Ordinal);
}
