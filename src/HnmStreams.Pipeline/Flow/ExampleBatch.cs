using System.Diagnostics;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Flow.Sharing;

namespace HnmStreams.Pipeline.Flow;

/// <summary>The identity of a row: everything besides its payload, label and weight.</summary>
/// <param name="Id">The id; null in a batch whose <see cref="ExampleBatch.Ids"/> hold it. A stored example always has it.</param>
/// <remarks>Written per row on one thread and read on another, and part of every stored example: the time and the rare trace are compact.</remarks>
internal readonly record struct RowSource(ExampleKey Key, string? Id, Origin Origin)
{
    private readonly long _eventTicks;
    private readonly object? _trace;

    /// <param name="trace">The newest span of the record's trace if it is traced, else default.</param>
    public RowSource(ExampleKey key, string? id, Origin origin, DateTimeOffset eventTime, in ActivityContext trace)
        : this(key, id, origin)
    {
        _eventTicks = eventTime.UtcTicks;
        _trace = trace == default ? null : trace;
    }

    public DateTimeOffset EventTime => new(_eventTicks, TimeSpan.Zero);

    public ActivityContext Trace => _trace is ActivityContext trace ? trace : default;

    /// <summary>Returns the source with a newer span of its trace.</summary>
    public RowSource Following(in ActivityContext span) => new(Key, Id, Origin, EventTime, span);
}

/// <summary>A row whose record is traced.</summary>
internal readonly record struct TracedRow(bool IsHeldOut, int Row);

/// <summary>The list of a batch that an arrival is in.</summary>
internal enum ArrivalKind
{
    /// <summary>A row of <see cref="ExampleBatch.Rows"/>.</summary>
    Example,

    /// <summary>A row of <see cref="ExampleBatch.HeldOut"/>.</summary>
    HeldOut,

    /// <summary>A row of <see cref="ExampleBatch.Unlabeled"/>.</summary>
    Unlabeled,

    /// <summary>One of <see cref="ExampleBatch.LateLabels"/>.</summary>
    Label,

    /// <summary>One of <see cref="ExampleBatch.Tombstones"/>.</summary>
    Tombstone,
}

/// <summary>An element of a batch.</summary>
/// <param name="Index">Its place in the list of its kind.</param>
internal readonly record struct Arrival(ArrivalKind Kind, int Index);

/// <summary>The time at which a number of rows in sequence were read.</summary>
/// <param name="Timestamp">See <see cref="RecordChunk.ReadAt"/>.</param>
internal readonly record struct ReadTime(long Timestamp, int Rows);

/// <summary>A label that came in a separate record.</summary>
/// <param name="Label">The label of the row, as the task encodes it.</param>
/// <param name="Weight">The factor of the example's weight.</param>
internal readonly record struct LateLabel(ExampleKey Key, int Label, float Weight, DateTimeOffset EventTime);

/// <summary>An id to forget, with its place among the rows.</summary>
internal readonly record struct Tombstone(int BeforeRow, ExampleKey Key);

/// <summary>
/// A mini-batch on its way from the batcher to the ranking stage, which disposes it. Its memory is pooled.
/// </summary>
/// <remarks>
/// One owner at a time. The batcher fills it, scorers only read <see cref="Rows"/>, the scoring gateway writes the
/// scores, and the ranking stage reads everything and disposes it.
/// </remarks>
internal sealed class ExampleBatch(long number, int size) : IDisposable
{
    // A list of a thousand sources has 100 kB.
    private static readonly ListPool<RowSource> SourceLists = new();
    private static readonly ListPool<int> RowLists = new();
    private bool _abandoned;
    private bool _disposed;

    /// <summary>The number of the batch, from 0. It continues over restarts. A batch of another process is numbered when it is admitted.</summary>
    public long Number { get; set; } = number;

    /// <summary>The examples to train on.</summary>
    public RowBuffer Rows { get; } = new(size, size * 256);

    public List<RowSource> Sources { get; private set; } = SourceLists.Get();

    /// <summary>
    /// The ids of <see cref="Sources"/> in UTF-8, as far as those have none: most examples of record batches are not kept, so that their
    /// ids never become strings. Null if no row has one.
    /// </summary>
    public RowBuffer? Ids { get; private set; }

    /// <summary>The held-out examples, which are never trained on.</summary>
    public RowBuffer HeldOut { get; } = new(16, 1024);

    public List<RowSource> HeldOutSources { get; } = [];

    /// <summary>The rows to score, ascending.</summary>
    public List<int> ToScore { get; private set; } = RowLists.Get();

    public List<Tombstone> Tombstones { get; } = [];

    /// <summary>The unlabeled examples, which are scored by the served version; null if the batch has none.</summary>
    public RowBuffer? Unlabeled { get; private set; }

    /// <summary>The sources of <see cref="Unlabeled"/>, with their ids.</summary>
    public List<RowSource> UnlabeledSources { get; } = [];

    /// <summary>The times at which <see cref="Unlabeled"/> was read, in order. Few, because the records of a chunk have the same.</summary>
    public List<ReadTime> UnlabeledReadTimes { get; } = [];

    /// <summary>True for each row of <see cref="Unlabeled"/> that is held out once its label has come.</summary>
    public List<bool> IsUnlabeledHeldOut { get; } = [];

    /// <summary>The order of everything in this batch. Filled only for streams whose labels come later.</summary>
    public List<Arrival> Arrivals { get; } = [];

    /// <summary>The newest timestamp of the batch's records. Set only for streams whose labels come later.</summary>
    public DateTimeOffset StreamTime { get; set; }

    /// <summary>The labels that came in separate records.</summary>
    public List<LateLabel> LateLabels { get; } = [];

    /// <summary>The predictions of <see cref="Unlabeled"/>; null if there are none or predicting failed.</summary>
    public BatchPredictions? Predictions { get; set; }

    /// <summary>The reason if predicting failed, after the second try.</summary>
    public string? PredictionFailure { get; set; }

    /// <summary>All offsets that this batch covers.</summary>
    public List<OffsetSpan> Spans { get; } = [];

    /// <summary>
    /// The position from which the sender read on before each of <see cref="Spans"/>; -1 if it began there. Only in batches of another process: an offset
    /// may be missing in between, so that the first offset of a span does not tell that nothing was skipped.
    /// </summary>
    public List<long> ReadFrom { get; } = [];

    /// <summary>The probability that the teacher gives to another label, per row; NaN for rows that it did not check. Null if it checked none.</summary>
    public float[]? OtherLabel { get; set; }

    /// <summary>The payloads of <see cref="Rows"/> that were sent; null if all of them are here.</summary>
    public RowContents? Contents { get; set; }

    /// <summary>The payloads of <see cref="HeldOut"/> that were sent; null if all of them are here.</summary>
    public RowContents? HeldOutContents { get; set; }

    /// <summary>The record whose rows continue in the next batch: the last one of its partition in <see cref="Spans"/>. Null if the batch ends between two records.</summary>
    public Origin? Incomplete { get; set; }

    public int DeadLettered { get; set; }

    /// <summary>The number of examples whose weight was reduced to the limit.</summary>
    public int WeightsClipped { get; set; }

    /// <summary>The number of records below the position that arrived again and were dropped.</summary>
    public int Duplicates { get; set; }

    /// <summary>The index of the suspected range that this batch consists of; -1 for a normal batch.</summary>
    public int SuspectedRange { get; set; } = -1;

    /// <summary>The state of the batcher after this batch. The batcher is ahead of the learner's state, so each batch carries its own.</summary>
    public BatcherState After { get; set; }

    /// <summary>The number of labeled examples, held-out ones included.</summary>
    public int Examples => Rows.Count + HeldOut.Count;

    /// <summary>The number of decodable records and rows: examples, unlabeled examples and labels.</summary>
    public int Items => Examples + UnlabeledSources.Count + LateLabels.Count;

    /// <summary>The traced records among the examples; almost always none.</summary>
    public List<TracedRow> Traced { get; } = [];

    /// <summary>The spans of the traced records, from the batcher until the batch is disposed, in the order of <see cref="Traced"/>; null if nothing listens.</summary>
    public SpanGroup? BatchSpans { get; set; }

    /// <summary>The scores of <see cref="ToScore"/>; null if there was nothing to score or scoring failed.</summary>
    public BatchScores? Scores { get; set; }

    /// <summary>The reason if scoring failed, after the second try.</summary>
    public string? Failure { get; set; }

    /// <summary>
    /// Leaves the memory to the garbage collector instead of the pool. For a batch that timed out, which a scorer may
    /// still be reading.
    /// </summary>
    public void Abandon() => _abandoned = true;

    /// <summary>Adds the source of a row whose id stays in UTF-8 until it is needed.</summary>
    public void AddSource(in RowSource source, ReadOnlySpan<byte> id)
    {
        Ids ??= new RowBuffer(size, size * 16);
        while (Ids.Count < Sources.Count)
            Ids.Add(default, 0, 0);
        Ids.Add(id, 0, 0);
        Sources.Add(source);
    }

    /// <summary>Returns the buffer of unlabeled rows, to append one whose source follows.</summary>
    public RowBuffer UnlabeledRows() => Unlabeled ??= new RowBuffer(size, size * 256);

    /// <summary>Returns the source of a row with its id as a string.</summary>
    public RowSource SourceOf(int row) => Sources[row] is { Id: null } source ? source with { Id = Encoding.UTF8.GetString(Ids!.Payload(row)) } : Sources[row];

    /// <summary>True if the payload of a row is here.</summary>
    public bool HasPayload(int row) => Contents?.IsSent(row) ?? true;

    /// <summary>The position of a partition after this batch, which covers <paramref name="span"/> of it: the record whose rows continue is read again.</summary>
    public long PositionAfter(in OffsetSpan span) => PositionAfter(span, Incomplete);

    /// <inheritdoc cref="PositionAfter(in OffsetSpan)"/>
    public static long PositionAfter(in OffsetSpan span, Origin? incomplete) =>
        incomplete == new Origin(span.Topic, span.Partition, span.Last) ? span.Last : span.Last + 1;

    /// <summary>Covers one more offset, and joins it to the span of its partition.</summary>
    public void Cover(string topic, int partition, long offset)
    {
        for (var i = Spans.Count - 1; i >= 0; i--)
        {
            var span = Spans[i];
            if (span.Partition != partition || !string.Equals(span.Topic, topic, StringComparison.Ordinal))
                continue;
            Spans[i] = span with { Last = offset };
            return;
        }

        Spans.Add(new OffsetSpan(topic, partition, offset, offset));
    }

    public void Dispose()
    {
        if (Failure is not null)
            BatchSpans?.Fail(Failure);
        BatchSpans?.Dispose();
        BatchSpans = null;
        if (_abandoned || _disposed)
            return;
        _disposed = true;
        SourceLists.Return(Sources);
        RowLists.Return(ToScore);
        (Sources, ToScore) = ([], []);
        Ids?.Dispose();
        Rows.Dispose();
        HeldOut.Dispose();
        Unlabeled?.Dispose();
        Scores?.Dispose();
        Scores = null;
    }
}
