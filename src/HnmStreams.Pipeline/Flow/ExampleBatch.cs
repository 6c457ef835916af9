using System.Buffers;
using System.Diagnostics;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Pipeline.Flow;

/// <summary>The identity of a row: everything besides its payload, label and weight.</summary>
/// <param name="Trace">The producer's span if it was sampled, else default.</param>
internal readonly record struct RowSource(
    ExampleKey Key, string Id, Origin Origin, DateTimeOffset EventTime, ActivityContext Trace);

/// <summary>The state of the batcher after a batch.</summary>
/// <param name="NextBatch">The number of the next batch.</param>
internal readonly record struct BatcherState(long NextBatch, GeneratorState Generator)
{
    public void Save(StateWriter writer)
    {
        writer.WriteInt64(NextBatch);
        Xoshiro256StarStar.Restore(Generator).Save(writer);
    }

    public static BatcherState Read(StateReader reader) => new(reader.ReadInt64(), reader.ReadGenerator().Save());
}

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
    private bool _abandoned;

    /// <summary>The number of the batch, from 0. It continues over restarts.</summary>
    public long Number { get; } = number;

    /// <summary>The examples to train on.</summary>
    public RowBuffer Rows { get; } = new(size, size * 256);

    public List<RowSource> Sources { get; } = new(size);

    /// <summary>The held-out examples, which are never trained on.</summary>
    public RowBuffer HeldOut { get; } = new(16, 1024);

    public List<RowSource> HeldOutSources { get; } = [];

    /// <summary>The rows to score, ascending.</summary>
    public List<int> ToScore { get; } = new(size);

    public List<Tombstone> Tombstones { get; } = [];

    /// <summary>All offsets that this batch covers.</summary>
    public List<OffsetSpan> Spans { get; } = [];

    public int DeadLettered { get; set; }

    /// <summary>The number of examples whose weight was reduced to the limit.</summary>
    public int WeightsClipped { get; set; }

    /// <summary>The number of records below the position that arrived again and were dropped.</summary>
    public int Duplicates { get; set; }

    /// <summary>The number of the bisection piece that this batch consists of; -1 for a normal batch.</summary>
    public int Piece { get; set; } = -1;

    /// <summary>The state of the batcher after this batch. The batcher is ahead of the learner's state, so each batch carries its own.</summary>
    public BatcherState After { get; set; }

    /// <summary>The number of decodable examples, held-out ones included.</summary>
    public int Examples => Rows.Count + HeldOut.Count;

    /// <summary>The producers' spans of the records in it that were sampled; almost always none.</summary>
    public List<ActivityContext> Traces { get; } = [];

    /// <summary>The consumer's span of the first of <see cref="Traces"/>.</summary>
    public ActivityContext Consumed { get; private set; }

    /// <summary>The batch's own span, the parent of the stages' spans.</summary>
    public ActivityContext Trace => Span?.Context ?? default;

    /// <summary>The span from the batcher until the batch is disposed; null if there is no listener or no record is sampled.</summary>
    public Activity? Span { get; set; }

    /// <summary>The scores of <see cref="ToScore"/>; null if there was nothing to score or scoring failed.</summary>
    public BatchScores? Scores { get; set; }

    /// <summary>The reason if scoring failed, after the second try.</summary>
    public string? Failure { get; set; }

    /// <summary>
    /// Leaves the memory to the garbage collector instead of the pool. For a batch that timed out, which a scorer may
    /// still be reading.
    /// </summary>
    public void Abandon() => _abandoned = true;

    /// <summary>Adds the span of a sampled record.</summary>
    public void Follow(in ActivityContext producer, in ActivityContext consumed)
    {
        if (Traces.Count == 0)
            Consumed = consumed;
        Traces.Add(producer);
    }

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

/// <summary>The scores of a batch: outputs and hardness per scored row, of one model version.</summary>
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
