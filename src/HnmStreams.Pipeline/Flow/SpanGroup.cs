using System.Diagnostics;

namespace HnmStreams.Pipeline.Flow;

/// <summary>
/// The spans of one piece of work, one per traced record that it was done for. Each record has its own trace, so that its trace shows
/// everything that happened to it. A span with links instead would be limited to 128 records, and most viewers do not follow links.
/// </summary>
/// <remarks>One owner at a time. The spans end with <see cref="Dispose"/>.</remarks>
internal sealed class SpanGroup(IReadOnlyList<Activity?> spans) : IDisposable
{
    /// <summary>The spans; null for a record without one.</summary>
    public IReadOnlyList<Activity?> Spans => spans;

    public SpanGroup SetTag(string key, object? value)
    {
        foreach (var span in spans)
            span?.SetTag(key, value);
        return this;
    }

    public void Fail(string? reason)
    {
        foreach (var span in spans)
            span?.SetStatus(ActivityStatusCode.Error, reason);
    }

    public void Dispose()
    {
        foreach (var span in spans)
            span?.Dispose();
    }
}
