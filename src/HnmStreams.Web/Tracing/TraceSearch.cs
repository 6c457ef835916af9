using System.Globalization;

namespace HnmStreams.Web.Tracing;

/// <summary>A search for traces of records. Conditions that are null are not checked.</summary>
/// <param name="Record">The key of the record.</param>
/// <param name="Outcome">The decision of the ranking stage, or <see cref="Trained"/>.</param>
internal sealed record TraceSearch(string? Record = null, int? Partition = null, long? Offset = null, string? Outcome = null)
{
    /// <summary>The pseudo-outcome of records that were trained on.</summary>
    public const string Trained = "trained";

    /// <summary>The outcomes that can be searched for.</summary>
    public static IReadOnlyList<string> Outcomes { get; } = [Trained, "admitted", "rejected", "updated", "positive", "indexed", "held-out", "unscored", "unknown"];

    /// <summary>Reads the text of a search box: a key, or a partition and an offset as <c>2:1234</c>.</summary>
    public static TraceSearch Parse(string? text, string? outcome)
    {
        var trimmed = text?.Trim() ?? "";
        var parts = trimmed.Split(':');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var partition) && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? new TraceSearch(null, partition, offset, outcome)
            : new TraceSearch(trimmed.Length == 0 ? null : trimmed, Outcome: outcome);
    }

    public bool Matches(StoredTrace trace) =>
        (Record is null || string.Equals(trace.Record, Record, StringComparison.Ordinal))
        && (Partition is null || trace.Partition == Partition)
        && (Offset is null || trace.Offset == Offset)
        && (Outcome is null || (Outcome == Trained ? trace.Steps.Count > 0 : trace.Outcome == Outcome));
}
