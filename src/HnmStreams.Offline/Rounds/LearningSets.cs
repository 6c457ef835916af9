using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Offline.Rounds;

/// <summary>Fills the store with what is learnt from, and a buffer with what is judged by.</summary>
public static class LearningSets
{
    /// <param name="store">Is closed in the end.</param>
    /// <param name="judged">A part of its own, or null: then a share of what is learnt from is held out by its ids, as in the service.</param>
    /// <param name="mine">Which are candidates.</param>
    /// <param name="evaluation">The share, and how many are kept at most.</param>
    /// <returns>What is judged by, with what it is to search where the task is judged by a search; the caller's to dispose.</returns>
    public static RowBuffer Fill(
        IMiningTask task, ExampleStore store, IEnumerable<Example> learnt, IEnumerable<Example>? judged, MineOptions mine, EvaluationOptions evaluation, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(learnt);
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(evaluation);
        var held = new HeldOutSplit(judged is null ? evaluation.HeldOutShare : 0, evaluation.HeldOutStretch);
        var test = new RowBuffer();
        foreach (var example in learnt)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!held.Contains(task, example, ExampleKey.Of(example.Id)))
                store.Add(example);
            else if (test.Count < evaluation.HeldOutCapacity)
                task.Encode(example, test);
        }

        store.Close();
        var isSearch = task is IGroupedTask { IsJudgedInIndex: true };
        // A set that has sides has both of them in each part: its queries search its documents.
        var documents = isSearch && judged is not null ? GroupRules.Sides(store, mine).Candidates : null;
        using var row = new RowBuffer();
        foreach (var example in judged ?? [])
        {
            cancellation.ThrowIfCancellationRequested();
            row.Clear();
            if (task.Encode(example, row) is null)
                test.Add(row.Payload(0), row.Labels[0], documents is not null && example.Id.StartsWith(documents, StringComparison.Ordinal) ? 0 : row.Weights[0]);
        }

        if (isSearch && documents is null && test.Count > 0)
            AddSearched(store, test, ((IGroupedTask)task).Index.Capacity);
        return test;
    }

    // Rows of weight 0 are no queries: what is judged looks for its group among them.
    private static void AddSearched(ExampleStore store, RowBuffer test, int most)
    {
        using var row = new RowBuffer();
        for (var i = 0; i < Math.Min(store.Count, most); i++)
        {
            row.Clear();
            store.Read(i, row);
            test.Add(row.Payload(0), row.Labels[0], weight: 0);
        }
    }
}
