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
/// <param name="labelsComeLater">True if inputs and labels may come separately. The time of the stream is then the number of examples and labels before, in seconds.</param>
/// <remarks>One owner, one thread. O(bytes) per example.</remarks>
internal sealed class SerialBatcher(IMiningTask task, HeldOutSplit heldOut, MiningBudget budget, Xoshiro256StarStar generator, TimeProvider time, bool labelsComeLater = false)
{
    // The store of waiting examples keeps the topic's name.
    private static readonly Origin NoOrigin = new("", 0, 0);

    private long _batches;
    private long _received;

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
        _received += examples.Count;
        if (labelsComeLater)
            batch.StreamTime = DateTimeOffset.UnixEpoch.AddSeconds(_received);
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
        if (batch.Unlabeled is { } unlabeled)
            task.FinishRows(unlabeled);
        EncodingSeconds += time.GetElapsedTime(start).TotalSeconds;
    }

    private void Add(ExampleBatch batch, Example example)
    {
        var key = ExampleKey.Of(example.Id);
        if (labelsComeLater && example.Input is ExampleInput.None)
        {
            AddLabel(batch, example, key);
            return;
        }

        var isHeldOut = heldOut.Contains(task, example, key);
        if (labelsComeLater && example.Target is Target.None)
        {
            AddUnlabeled(batch, example, key, isHeldOut);
            return;
        }

        if (task.Encode(example, isHeldOut ? batch.HeldOut : batch.Rows) is not null)
        {
            Rejected++;
            return;
        }

        (isHeldOut ? batch.HeldOutSources : batch.Sources).Add(SourceOf(example, key));
        NoteArrival(batch, isHeldOut ? ArrivalKind.HeldOut : ArrivalKind.Example, (isHeldOut ? batch.HeldOut : batch.Rows).Count - 1);
        if (!isHeldOut && budget.Scores(task.RoleOf(batch.Rows.Labels[^1]) == ExampleRole.Positive, generator))
            batch.ToScore.Add(batch.Rows.Count - 1);
    }

    private void AddUnlabeled(ExampleBatch batch, Example example, ExampleKey key, bool isHeldOut)
    {
        if (Late.EncodeUnlabeled(new ExampleView(example), batch.UnlabeledRows()) is not null)
        {
            Rejected++;
            return;
        }

        batch.UnlabeledSources.Add(SourceOf(example, key));
        batch.IsUnlabeledHeldOut.Add(isHeldOut);
        NoteArrival(batch, ArrivalKind.Unlabeled, batch.UnlabeledSources.Count - 1);
    }

    private void AddLabel(ExampleBatch batch, Example example, ExampleKey key)
    {
        if (Late.ReadLabel(example.Target, out var label) is not null)
        {
            Rejected++;
            return;
        }

        batch.LateLabels.Add(new LateLabel(key, label, example.Weight, example.EventTime ?? default));
        NoteArrival(batch, ArrivalKind.Label, batch.LateLabels.Count - 1);
    }

    private void NoteArrival(ExampleBatch batch, ArrivalKind kind, int index)
    {
        if (labelsComeLater)
            batch.Arrivals.Add(new Arrival(kind, index));
    }

    private static RowSource SourceOf(Example example, ExampleKey key) => new(key, example.Id, NoOrigin, example.EventTime ?? default, default);

    private ILateLabels Late => task as ILateLabels ?? throw new InvalidOperationException($"'labels.mode' must be 'inline' for the task {task.Name}, which does not take labels that come later.");
}
