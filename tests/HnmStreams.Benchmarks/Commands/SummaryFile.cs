using System.CommandLine;
using System.Text.Json;

namespace HnmStreams.Benchmarks.Commands;

/// <summary>The <c>--summary</c> option, which writes a benchmark's report as JSON.</summary>
internal static class SummaryFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Option<string?> Option() => new("--summary") { HelpName = "FILE", Description = "Write the report as JSON" };

    /// <summary>Writes the report if a file is named.</summary>
    public static async Task WriteAsync<TReport>(BenchmarkContext context, string? file, TReport report, CancellationToken cancellation)
    {
        if (file is not null)
            await File.WriteAllTextAsync(context.PathOf(file), JsonSerializer.Serialize(report, Json), cancellation);
    }
}
