using System.Diagnostics;
using HnmStreams.Kafka.Telemetry;

namespace HnmStreams.Web.Tracing;

/// <summary>
/// The most recent traces of records, in memory, so that the page can show them without a collector. It listens to the spans of this process and
/// samples as the exporter does: what a producer has sampled.
/// </summary>
/// <remarks>
/// Thread-safe. Memory is bounded by the number of traces and of spans per trace. Few records are trained on, and those are the interesting
/// ones: traces with a training step may take half of the room before the oldest of them leaves.
/// </remarks>
internal sealed class TraceStore : IDisposable
{
    /// <summary>The maximum number of spans kept per trace.</summary>
    public const int MaxSpans = 64;

    private const string OwnSources = "HnmStreams.";

    private readonly int _capacity;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _plain = new();
    private readonly LinkedList<Entry> _trained = new();
    private readonly ActivityListener? _listener;

    /// <param name="capacity">The maximum number of traces; 0 keeps none and does not listen.</param>
    public TraceStore(int capacity)
    {
        _capacity = capacity;
        if (capacity == 0)
            return;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith(OwnSources, StringComparison.Ordinal),
            Sample = Sample,
            ActivityStarted = Begin,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>True if traces are kept.</summary>
    public bool IsEnabled => _capacity > 0;

    /// <summary>Returns the traces, newest first.</summary>
    public IReadOnlyList<StoredTrace> All()
    {
        lock (_gate)
            return [.. _entries.Values.Where(e => e.Spans.Count > 0).Select(e => e.Copy()).OrderByDescending(t => t.StartedAt)];
    }

    /// <summary>Returns a trace; null if it is not kept.</summary>
    public StoredTrace? Find(string id)
    {
        lock (_gate)
            return _entries.TryGetValue(id, out var entry) && entry.Spans.Count > 0 ? entry.Copy() : null;
    }

    public void Dispose() => _listener?.Dispose();

    // The producer decides before it starts a span. All other spans follow the decision of their parent.
    private static ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options) =>
        options.Name == KafkaInstruments.ProduceSpan || options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            ? ActivitySamplingResult.AllDataAndRecorded
            : ActivitySamplingResult.None;

    // A trace is kept from its beginning or not at all: later spans of an evicted trace are dropped.
    private void Begin(Activity activity)
    {
        if (activity.OperationName is not (KafkaInstruments.ProduceSpan or StoredTrace.Consume))
            return;
        var id = activity.TraceId.ToHexString();
        lock (_gate)
        {
            if (_entries.ContainsKey(id))
                return;
            if (_entries.Count >= _capacity)
                Evict();
            var entry = new Entry(id);
            entry.Place = _plain.AddLast(entry);
            _entries.Add(id, entry);
        }
    }

    private void Add(Activity activity)
    {
        var id = activity.TraceId.ToHexString();
        lock (_gate)
        {
            if (!_entries.TryGetValue(id, out var entry))
                return;
            if (entry.Spans.Count >= MaxSpans)
            {
                entry.Dropped++;
                return;
            }

            entry.Spans.Add(StoredSpan.Of(activity));
            if (activity.OperationName == StoredTrace.Train && entry.Place!.List == _plain)
            {
                _plain.Remove(entry.Place);
                entry.Place = _trained.AddLast(entry);
            }
        }
    }

    private void Evict()
    {
        var from = _plain.Count == 0 || _trained.Count > _capacity / 2 ? _trained : _plain;
        var oldest = from.First!.Value;
        from.RemoveFirst();
        _entries.Remove(oldest.Id);
    }

    private sealed class Entry(string id)
    {
        public string Id => id;

        public List<StoredSpan> Spans { get; } = [];

        public int Dropped { get; set; }

        public LinkedListNode<Entry>? Place { get; set; }

        public StoredTrace Copy() => new(id, [.. Spans.OrderBy(s => s.StartedAt)], Dropped);
    }
}
