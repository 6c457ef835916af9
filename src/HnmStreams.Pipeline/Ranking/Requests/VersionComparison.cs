using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;

namespace HnmStreams.Pipeline.Ranking.Requests;

/// <summary>A prediction that was served for an example of a comparison.</summary>
internal readonly record struct ServedOutputs(float[] Outputs, long Version, ModelCard? Card);

/// <summary>
/// A bounded sample of the unlabeled examples that the newest version predicts as well, beside the stream: one batch at a time. What arrives
/// while a full batch waits is not compared.
/// </summary>
/// <remarks>
/// Owned by the ranking stage: one thread, no locks. The sample is every n-th example, so that no random numbers are needed. O(bytes) per
/// sampled example. It is not part of the state: a comparison that a restart interrupts is not made.
/// </remarks>
/// <param name="share">The share of the examples, 0 to 1.</param>
internal sealed class VersionComparison(double share)
{
    /// <summary>The maximum number of rows per batch.</summary>
    public const int MaxRows = 256;

    private List<ServedOutputs> _served = [];
    private ExampleBatch? _next;
    private (ExampleBatch Batch, List<ServedOutputs> Served)? _inScoring;
    private double _due;

    /// <summary>The number of examples that were compared.</summary>
    public long Compared { get; set; }

    /// <summary>Adds an unlabeled example of a batch, if it is one of the sample.</summary>
    public void Add(ExampleBatch batch, int row)
    {
        _due += share;
        if (_due < 1)
            return;
        _due--;
        if (_served.Count == MaxRows)
            return;
        _next ??= new ExampleBatch(batch.Number, MaxRows);
        // The label does not matter: the hardness is not used.
        _next.Rows.Add(batch.Unlabeled!.Payload(row), 0, 1);
        _next.Sources.Add(batch.UnlabeledSources[row]);
        _next.ToScore.Add(_next.Rows.Count - 1);
        _served.Add(new ServedOutputs(batch.Predictions!.OutputsOf(row).ToArray(), batch.Predictions.Version, batch.Predictions.Card));
    }

    /// <summary>Returns the next batch to score with the newest version; null if a batch is being scored, or too few examples wait. Answered by <see cref="Finish"/>.</summary>
    /// <param name="minRows">The minimum number of rows.</param>
    public ExampleBatch? Next(int minRows)
    {
        if (_inScoring is not null || _served.Count < minRows || _next is not { } batch)
            return null;
        _inScoring = (batch, _served);
        (_next, _served) = (null, []);
        return batch;
    }

    /// <summary>Returns the served predictions of a batch that was scored, by row; null if it could not be.</summary>
    public IReadOnlyList<ServedOutputs>? Finish(ExampleBatch batch)
    {
        if (_inScoring is not { } scored || scored.Batch != batch)
            return null;
        _inScoring = null;
        if (batch.Scores is null)
            return null;
        Compared += scored.Served.Count;
        return scored.Served;
    }

    /// <summary>Returns the memory of the examples that wait.</summary>
    public void Clear()
    {
        _next?.Dispose();
        (_next, _served) = (null, []);
    }
}
