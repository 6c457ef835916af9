using System.Diagnostics;

namespace HnmStreams.Testing;

/// <summary>The ended spans of one activity source, all sampled.</summary>
/// <remarks>Thread-safe. Tests that run at the same time write to the same source, so a test selects its own spans.</remarks>
public sealed class EndedSpans : IDisposable
{
    private readonly List<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public EndedSpans(string source)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = candidate => string.Equals(candidate.Name, source, StringComparison.Ordinal),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans that have ended so far, in this order.</summary>
    public IReadOnlyList<Activity> All
    {
        get
        {
            lock (_ended)
                return [.. _ended];
        }
    }

    /// <summary>Returns the context of a new sampled trace.</summary>
    public static ActivityContext NewTrace() =>
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);

    public void Dispose() => _listener.Dispose();

    private void Add(Activity span)
    {
        lock (_ended)
            _ended.Add(span);
    }
}
