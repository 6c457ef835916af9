using System.Globalization;

namespace HnmStreams.Chaos;

/// <summary>The log and the result of a run.</summary>
/// <param name="summary">The path of the JSON summary; null for none.</param>
internal sealed class RunReport(TextWriter output, string? summary)
{
    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <summary>The time since the start of the run.</summary>
    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_started);

    public void Log(string message) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Elapsed:hh\\:mm\\:ss} {message}"));

    /// <summary>Writes the result to the log and to the file of the summary.</summary>
    public async Task WriteAsync(string json, CancellationToken cancellation)
    {
        if (summary is not null)
            await File.WriteAllTextAsync(summary, json + Environment.NewLine, cancellation);
        await output.WriteLineAsync(json);
    }
}
