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
    /// <param name="training">The records. The newest one of an id counts, regardless of its part.</param>
    /// <param name="testSet">A separate test set; if null, a share of the training examples is held out by id, as in the service.</param>
    /// <param name="mine">The settings that select the candidates.</param>
    /// <param name="evaluation">The held-out share and its maximum size.</param>
    /// <returns>The test rows. If the task is evaluated by a search, they include the rows to search, with weight 0.</returns>
    public static RowBuffer Fill(
        IMiningTask task, ExampleStore store, IEnumerable<StoreRecord> training, IEnumerable<StoreRecord>? testSet, MineOptions mine, EvaluationOptions evaluation, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(evaluation);
        var held = testSet is null ? evaluation.ToHeldOutSplit() : new HeldOutSplit(0);
        foreach (var record in training)
        {
            cancellation.ThrowIfCancellationRequested();
            store.Add(record, record.Example is { } example && held.Contains(task, example, record.Key));
        }

        store.Close();
        var isSearch = task is IGroupedTask { IsJudgedInIndex: true };
        // A data set with two sides has both in each part: its queries search its own documents.
        var documents = isSearch && testSet is not null ? GroupRules.Sides(store, mine).Candidates : null;
        var test = testSet is null ? HeldOutRows(store, evaluation) : TestRows(task, store, testSet, documents, evaluation, cancellation);
        if (isSearch && documents is null && test.Count > 0)
            AddSearchedRows(store, test, ((IGroupedTask)task).Index.Capacity);
        return test;
    }

    private static RowBuffer HeldOutRows(ExampleStore store, EvaluationOptions evaluation)
    {
        var rows = new RowBuffer();
        for (var i = 0; i < Math.Min(store.HeldOutCount, evaluation.HeldOutCapacity); i++)
        {
            store.ReadHeldOut(i, rows);
            if (!evaluation.Weighted)
                rows.SetWeight(i, 1);
        }

        return rows;
    }

    // documents: the prefix of the ids that are searched and are not queries; null if there are none.
    private static RowBuffer TestRows(IMiningTask task, ExampleStore store, IEnumerable<StoreRecord> records, string? documents, EvaluationOptions evaluation, CancellationToken cancellation)
    {
        var all = new RowBuffer();
        var newest = new NewestRecords(store.Skipped);
        var superseded = new HashSet<int>();
        foreach (var record in records)
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Example is not { } example || task.Encode(example, all) is not null)
                continue;
            if (documents is not null && example.Id.StartsWith(documents, StringComparison.Ordinal))
                all.SetWeight(all.Count - 1, 0);
            else if (!evaluation.Weighted)
                all.SetWeight(all.Count - 1, 1);
            if (newest.Add(record, all.Count - 1) is { } older)
                superseded.Add(older);
        }

        task.FinishRows(all);
        if (superseded.Count == 0)
            return all;
        var rows = new RowBuffer();
        for (var i = 0; i < all.Count; i++)
        {
            if (!superseded.Contains(i))
                rows.Add(all.Payload(i), all.Labels[i], all.Weights[i]);
        }

        all.Dispose();
        return rows;
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
