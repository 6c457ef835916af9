using System.Globalization;

namespace HnmStreams.Web.Tracing;

/// <summary>The trace of one record: its finished spans in order of their start. Immutable.</summary>
/// <param name="Id">The id of the trace, in hexadecimal.</param>
/// <param name="Dropped">The number of further spans that were not kept.</param>
internal sealed record StoredTrace(string Id, IReadOnlyList<StoredSpan> Spans, int Dropped)
{
    /// <summary>The name of the span of a record's consumption, which has its origin.</summary>
    public const string Consume = "hnm.consume";

    /// <summary>The name of the span of a record's ranking, which has the decision of the pool.</summary>
    public const string Rank = "hnm.rank";

    /// <summary>The name of the span of a training step that used the record.</summary>
    public const string Train = "hnm.train";

    /// <summary>The name of the span of a published version.</summary>
    public const string Publish = "hnm.publish";

    public DateTimeOffset StartedAt => Spans[0].StartedAt;

    /// <summary>The key of the record; null if it has none.</summary>
    public string? Record => Spans.Select(s => s.Text("messaging.kafka.message.key")).FirstOrDefault(key => key is not null);

    public string? Topic => Spans.Select(s => s.Text("messaging.destination.name")).FirstOrDefault(topic => topic is not null);

    public int? Partition => int.TryParse(First(Consume)?.Text("messaging.destination.partition.id"), NumberStyles.None, CultureInfo.InvariantCulture, out var partition) ? partition : null;

    public long? Offset => First(Consume)?.Whole("messaging.kafka.offset");

    /// <summary>The decision of the ranking stage: admitted, rejected, updated, positive, held-out or unscored; null before it.</summary>
    public string? Outcome => First(Rank)?.Text("hnm.rank.outcome");

    public string? Reason => First(Rank)?.Text("hnm.rank.reason");

    public double? Hardness => First(Rank)?.Number("hnm.hardness");

    /// <summary>The threshold of the pool at that time; null if the pool was not full.</summary>
    public double? Threshold => First(Rank)?.Number("hnm.pool.threshold");

    /// <summary>The training steps that used the record.</summary>
    public IReadOnlyList<long> Steps => [.. Spans.Where(s => s.Name == Train).Select(s => s.Whole("hnm.train.step")).OfType<long>()];

    /// <summary>The versions that were the first to contain these steps.</summary>
    public IReadOnlyList<long> Versions => [.. Spans.Where(s => s.Name == Publish).Select(s => s.Whole("hnm.model.version")).OfType<long>()];

    private StoredSpan? First(string name) => Spans.FirstOrDefault(s => s.Name == name);
}
