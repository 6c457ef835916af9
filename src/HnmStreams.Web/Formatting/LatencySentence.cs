using System.Globalization;
using HnmStreams.Pipeline.Scoring;

namespace HnmStreams.Web.Formatting;

/// <summary>The time from arrival to prediction, in one sentence.</summary>
internal static class LatencySentence
{
    /// <summary>Returns the sentence about the last minutes, or about the whole process if they had no prediction.</summary>
    public static string Of(LatencyStatus latency)
    {
        var shown = latency.Recent ?? latency.Total;
        return $"{(latency.Recent is null ? "Since the start" : "In the last minutes")}, half of the predictions were made within {Milliseconds(shown.P50)} of the arrival of the record, 95 % within {Milliseconds(shown.P95)} and 99 % within {Milliseconds(shown.P99)}.";
    }

    /// <summary>Returns the percentiles in short, such as "p50 4.1 ms  p95 12 ms  p99 31 ms".</summary>
    public static string Short(LatencyPercentiles latency) => $"p50 {Milliseconds(latency.P50)}  p95 {Milliseconds(latency.P95)}  p99 {Milliseconds(latency.P99)}";

    private static string Milliseconds(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{(seconds < 0.01 ? (seconds * 1e3).ToString("0.0", CultureInfo.InvariantCulture) : (seconds * 1e3).ToString("0", CultureInfo.InvariantCulture))} ms");
}
