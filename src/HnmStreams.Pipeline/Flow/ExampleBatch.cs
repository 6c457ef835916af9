using System.Buffers;
using System.Diagnostics;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Pipeline.Flow;

/// <summary>What a row is besides its payload, label and weight.</summary>
/// <param name="Trace">The producer's span where it was sampled, else default.</param>
internal readonly record struct RowSource(
    ExampleKey Key, string Id, Origin Origin, DateTimeOffset EventTime, ActivityContext Trace);

/// <summary>Where the cutter stands after a batch.</summary>
/// <param name="Cuts">The number of the next batch.</param>
internal readonly record struct BatcherState(long Cuts, GeneratorState Generator)
{
    public void Save(StateWriter writer)
    {
        writer.WriteInt64(Cuts);
        Xoshiro256StarStar.Restore(Generator).Save(writer);
    }

    public static BatcherState Read(StateReader reader) => new(reader.ReadInt64(), reader.ReadGenerator().Save());
}

/// <summary>An id to forget, in its place among the rows.</summary>
internal readonly record struct Tombstone(int BeforeRow, ExampleKey Key);

/// <summary>
/// One mini-batch on its way from the cut to the ranking stage, which disposes it. Memory is pooled.
/// </summary>
/// <remarks>
/// One owner at a time. The cutter fills it, scorers only read <see cref="Rows"/>, the scoring gateway writes the
/// verdict, and the ranking stage reads everything and disposes.
/// </remarks>
internal sealed class ExampleBatch(long number, int size) : IDisposable
{
    private bool _abandoned;

    /// <summary>Counts the cuts of this learner, from 0, over all its restarts.</summary>
    public long Number { get; } = number;

    /// <summary>Examples to learn from.</summary>
    public RowBuffer Rows { get; } = new(size, size * 256);

    public List<RowSource> Sources { get; } = new(size);

    /// <summary>Examples that are never trained on.</summary>
    public RowBuffer HeldOut { get; } = new(16, 1024);

    public List<RowSource> HeldOutSources { get; } = [];

    /// <summary>Which rows the scorers are to score, ascending.</summary>
    public List<int> ToScore { get; } = new(size);

    public List<Tombstone> Tombstones { get; } = [];

    /// <summary>All offsets that this batch accounts for.</summary>
    public List<OffsetSpan> Spans { get; } = [];

    public int DeadLettered { get; set; }

    /// <summary>Examples whose weight was reduced to the limit.</summary>
    public int WeightsClipped { get; set; }

    /// <summary>Records below the position that came again and were dropped.</summary>
    public int Repeats { get; set; }

    /// <summary>The piece of suspected offsets that this batch is; -1 for one like any other.</summary>
    public int Piece { get; set; } = -1;

    /// <summary>How the cutter goes on behind this batch; it is ahead of the state, so each batch carries its own.</summary>
    public BatcherState After { get; set; }

    /// <summary>Decodable examples, held-out ones included.</summary>
    public int Examples => Rows.Count + HeldOut.Count;

    /// <summary>Producers' spans of the records in it that were sampled; almost always none.</summary>
    public List<ActivityContext> Traces { get; } = [];

    /// <summary>The consumer's span that brought the first of <see cref="Traces"/>.</summary>
    public ActivityContext Consumed { get; private set; }

    /// <summary>The batch's own span, parent of what the stages do with it.</summary>
    public ActivityContext Trace => Span?.Context ?? default;

    /// <summary>Open from the cut until the batch is disposed; null where nobody listens or no record is sampled.</summary>
    public Activity? Span { get; set; }

    /// <summary>Scores of <see cref="ToScore"/>; null when nothing was to be scored or scoring failed.</summary>
    public BatchScores? Scores { get; set; }

    /// <summary>Why scoring failed, after the second try.</summary>
    public string? Failure { get; set; }

    /// <summary>
    /// A scorer may still be reading this batch (it timed out): its memory is left to the garbage collector instead
    /// of going back to the pool.
    /// </summary>
    public void Abandon() => _abandoned = true;

    /// <summary>Notes that a record in it was sampled.</summary>
    public void Follow(in ActivityContext producer, in ActivityContext consumed)
    {
        if (Traces.Count == 0)
            Consumed = consumed;
        Traces.Add(producer);
    }

    /// <summary>Accounts for one more offset; joins it to the span of its partition.</summary>
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
        Span?.SetStatus(Failure is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, Failure);
        Span?.Dispose();
        Span = null;
        if (_abandoned)
            return;
        Rows.Dispose();
        HeldOut.Dispose();
        Scores?.Dispose();
        Scores = null;
    }
}

/// <summary>What a scorer says of a batch: for each scored row its outputs and its hardness, under one model version.</summary>
internal sealed class BatchScores(int rows, int width, long version) : IDisposable
{
    private float[] _outputs = ArrayPool<float>.Shared.Rent(rows * width);
    private float[] _hardness = ArrayPool<float>.Shared.Rent(rows);

    public long Version { get; } = version;

    public Span<float> Outputs => _outputs.AsSpan(0, rows * width);

    public Span<float> Hardness => _hardness.AsSpan(0, rows);

    public ReadOnlySpan<float> OutputsOf(int row) => _outputs.AsSpan(row * width, width);

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_outputs);
        ArrayPool<float>.Shared.Return(_hardness);
        (_outputs, _hardness) = ([], []);
    }
}
