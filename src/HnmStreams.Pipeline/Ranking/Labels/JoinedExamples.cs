using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Ranking.Labels;

/// <summary>The results of the waiting store for a batch, with their examples as a separate batch, which has the scores of the served predictions.</summary>
/// <remarks>One owner. Disposing it disposes the batch.</remarks>
internal sealed class JoinedExamples : IDisposable
{
    private readonly List<WaitingResult> _results;
    private readonly int[] _rows;
    private readonly int[] _scores;

    private JoinedExamples(List<WaitingResult> results, ExampleBatch batch, int[] rows, int[] scores) =>
        (_results, Batch, _rows, _scores) = (results, batch, rows, scores);

    /// <summary>The number of results.</summary>
    public int Count => _results.Count;

    /// <summary>The examples to learn or to evaluate.</summary>
    public ExampleBatch Batch { get; }

    public WaitingResult this[int result] => _results[result];

    /// <summary>Returns the row of a result in the batch, or in its held-out rows; -1 without an example.</summary>
    public int RowOf(int result) => _rows[result];

    /// <summary>Returns the place of a result's row among the scores; -1 without a score.</summary>
    public int ScoreOf(int result) => _scores[result];

    /// <summary>Returns the examples of the results. O(rows), no forward pass: the hardness is that of the served outputs under the label that has come.</summary>
    /// <param name="number">The number of the batch that caused the results.</param>
    public static JoinedExamples Of(IMiningTask task, long number, WaitingResults results)
    {
        var batch = new ExampleBatch(number, Math.Max(16, results.Rows.Count));
        var (rows, scores) = (new int[results.Items.Count], new int[results.Items.Count]);
        var scored = new List<WaitingResult>();
        for (var i = 0; i < rows.Length; i++)
        {
            var result = results.Items[i];
            (rows[i], scores[i]) = (-1, -1);
            if (result.Row < 0)
                continue;
            var isHeldOut = result.IsHeldOut;
            var into = isHeldOut ? batch.HeldOut : batch.Rows;
            into.Add(results.Rows.Payload(result.Row), results.Rows.Labels[result.Row], results.Rows.Weights[result.Row]);
            (isHeldOut ? batch.HeldOutSources : batch.Sources).Add(result.Source);
            rows[i] = into.Count - 1;
            if (isHeldOut || results.OutputsOf(result).Length != task.OutputWidth)
                continue;
            scores[i] = scored.Count;
            scored.Add(result);
            batch.ToScore.Add(rows[i]);
        }

        if (scored.Count > 0)
            batch.Scores = Score(task, batch, results, scored);
        return new JoinedExamples(results.Items, batch, rows, scores);
    }

    public void Dispose() => Batch.Dispose();

    private static BatchScores Score(IMiningTask task, ExampleBatch batch, WaitingResults results, List<WaitingResult> scored)
    {
        var scores = new BatchScores(scored.Count, task.OutputWidth, [.. scored.Select(result => result.Served.Version)]);
        for (var i = 0; i < scored.Count; i++)
            results.OutputsOf(scored[i]).CopyTo(scores.Outputs[(i * task.OutputWidth)..]);
        task.Hardness(scores.Outputs, batch.Rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(batch.ToScore), scores.Hardness);
        return scores;
    }
}
