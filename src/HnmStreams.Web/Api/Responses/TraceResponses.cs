using HnmStreams.Web.Tracing;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/traces</c>: recent traces of records, newest first.</summary>
/// <param name="Enabled">True if traces are kept (<c>telemetry.keptTraces</c>).</param>
internal sealed record TracesResponse(bool Enabled, IReadOnlyList<TraceSummaryResponse> Traces);

/// <summary>The trace of a record: its way from consumption to the versions that learned from it.</summary>
/// <param name="Record">The key of the record; null if it has none.</param>
/// <param name="Outcome">The decision of the ranking stage: admitted, rejected, updated, positive, held-out or unscored; null before it.</param>
/// <param name="Threshold">The threshold of the pool at that time; null if the pool was not full.</param>
/// <param name="Steps">The training steps that used the record.</param>
/// <param name="Versions">The versions that were the first to contain these steps.</param>
internal sealed record TraceSummaryResponse(
    string Id,
    DateTimeOffset StartedAt,
    double Milliseconds,
    string? Record,
    string? Topic,
    int? Partition,
    long? Offset,
    string? Outcome,
    string? Reason,
    double? Hardness,
    double? Threshold,
    IReadOnlyList<long> Steps,
    IReadOnlyList<long> Versions,
    int Spans)
{
    public static TraceSummaryResponse Of(StoredTrace trace) => new(
        trace.Id,
        trace.StartedAt,
        trace.Spans.Max(s => (s.StartedAt - trace.StartedAt).TotalMilliseconds + s.Milliseconds),
        trace.Record,
        trace.Topic,
        trace.Partition,
        trace.Offset,
        trace.Outcome,
        trace.Reason,
        trace.Hardness,
        trace.Threshold,
        trace.Steps,
        trace.Versions,
        trace.Spans.Count + trace.Dropped);
}

/// <summary>The answer of <c>GET /api/traces/{id}</c>: the trace of a record with its spans, in order of their start.</summary>
/// <param name="Dropped">The number of further spans that were not kept.</param>
internal sealed record TraceResponse(TraceSummaryResponse Summary, IReadOnlyList<SpanResponse> Spans, int Dropped)
{
    public static TraceResponse Of(StoredTrace trace) => new(
        TraceSummaryResponse.Of(trace),
        [.. trace.Spans.Select(s => new SpanResponse(s.Id, s.ParentId, s.Name, SpanText.Of(s), (s.StartedAt - trace.StartedAt).TotalMilliseconds, s.Milliseconds, s.Error, s.Attributes))],
        trace.Dropped);
}

/// <summary>A span of a trace.</summary>
/// <param name="Text">What happened to the record, in words.</param>
/// <param name="Start">Milliseconds from the start of the trace.</param>
/// <param name="Attributes">The attributes: text, numbers and booleans.</param>
internal sealed record SpanResponse(string Id, string? ParentId, string Name, string Text, double Start, double Milliseconds, string? Error, IReadOnlyDictionary<string, object> Attributes);
