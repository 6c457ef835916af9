using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Offline.Ranking;
using HnmStreams.Offline.Storage;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Offline.Rounds;

/// <summary>The split of a data set into training examples in a store and test rows in a buffer.</summary>
public static class DataSplit
{
    /// <summary>Fills and closes the store and returns the test rows, which the caller disposes.</summary>
    /// <param name="store">The store for the training examples. It is closed at the end.</param>
    /// <param name="testSet">A separate test set; if null, a share of the training examples is held out by id, as in the service.</param>
    /// <param name="mine">The settings that select the candidates.</param>
    /// <param name="evaluation">The held-out share and its maximum size.</param>
    /// <returns>The test rows. If the task is evaluated by a search, they include the rows to search, with weight 0.</returns>
    public static RowBuffer Fill(
        IMiningTask task, ExampleStore store, IEnumerable<Example> training, IEnumerable<Example>? testSet, MineOptions mine, EvaluationOptions evaluation, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(evaluation);
        var held = new HeldOutSplit(testSet is null ? evaluation.HeldOutShare : 0, evaluation.HeldOutInterval);
        var test = new RowBuffer();
        foreach (var example in training)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!held.Contains(task, example, ExampleKey.Of(example.Id)))
                store.Add(example);
            else if (test.Count < evaluation.HeldOutCapacity)
                AddEvaluated(task, example, test, evaluation);
        }

        store.Close();
        var isSearch = task is IGroupedTask { IsJudgedInIndex: true };
        // A data set with two sides has both in each part: its queries search its own documents.
        var documents = isSearch && testSet is not null ? GroupRules.Sides(store, mine).Candidates : null;
        foreach (var example in testSet ?? [])
        {
            cancellation.ThrowIfCancellationRequested();
            if (AddEvaluated(task, example, test, evaluation) && documents is not null && example.Id.StartsWith(documents, StringComparison.Ordinal))
                test.SetWeight(test.Count - 1, 0);
        }

        if (isSearch && documents is null && test.Count > 0)
            AddSearchedRows(store, test, ((IGroupedTask)task).Index.Capacity);
        return test;
    }

    private static bool AddEvaluated(IMiningTask task, Example example, RowBuffer test, EvaluationOptions evaluation)
    {
        if (task.Encode(example, test) is not null)
            return false;
        if (!evaluation.Weighted)
            test.SetWeight(test.Count - 1, 1);
        return true;
    }

    // Rows of weight 0 are not queries; the queries search for their group among them.
    private static void AddSearchedRows(ExampleStore store, RowBuffer test, int maxRows)
    {
        using var row = new RowBuffer();
        for (var i = 0; i < Math.Min(store.Count, maxRows); i++)
        {
            row.Clear();
            store.Read(i, row);
            test.Add(row.Payload(0), row.Labels[0], weight: 0);
        }
    }
}
