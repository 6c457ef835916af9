using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Tasks;

namespace HnmStreams.Offline.Serial;

/// <summary>Turns examples into mini-batches as <see cref="Batcher"/> does with records: encodes, splits off held-out examples and selects the rows to score.</summary>
/// <param name="generator">The generator that selects the rows to score; its state is part of each batch.</param>
/// <remarks>One owner, one thread. O(bytes) per example.</remarks>
internal sealed class SerialBatcher(IMiningTask task, HeldOutSplit heldOut, MiningBudget budget, Xoshiro256StarStar generator, TimeProvider time)
{
    private long _batches;

    /// <summary>The number of examples that the task could not encode.</summary>
    public long Rejected { get; private set; }

    /// <inheritdoc cref="ISerialLearner.EncodingSeconds"/>
    public double EncodingSeconds { get; private set; }

    /// <summary>Returns the mini-batch of these examples, which the caller disposes.</summary>
    public ExampleBatch Encode(IReadOnlyList<Example> examples)
    {
        var batch = new ExampleBatch(_batches++, Math.Max(1, examples.Count));
        foreach (var example in examples)
            Add(batch, example);
        if (task.FinishesRows)
            Finish(batch);
        batch.After = new BatcherState(_batches, generator.Save());
        return batch;
    }

    private void Finish(ExampleBatch batch)
    {
        var start = time.GetTimestamp();
        task.FinishRows(batch.Rows);
        task.FinishRows(batch.HeldOut);
        EncodingSeconds += time.GetElapsedTime(start).TotalSeconds;
    }

    private void Add(ExampleBatch batch, Example example)
    {
        var key = ExampleKey.Of(example.Id);
        var isHeldOut = heldOut.Contains(task, example, key);
        if (task.Encode(example, isHeldOut ? batch.HeldOut : batch.Rows) is not null)
        {
            Rejected++;
            return;
        }

        (isHeldOut ? batch.HeldOutSources : batch.Sources).Add(new RowSource(key, example.Id, default(Origin), example.EventTime ?? default, default));
        if (!isHeldOut && budget.Scores(task.RoleOf(batch.Rows.Labels[^1]) == ExampleRole.Positive, generator))
            batch.ToScore.Add(batch.Rows.Count - 1);
    }
}
