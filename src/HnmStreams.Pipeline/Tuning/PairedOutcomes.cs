using HnmStreams.Data.Rows;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Pipeline.Tuning;

/// <summary>The outcomes of two models on the same held-out examples, as differences in the unit of the task's metric. Pure.</summary>
/// <remarks>
/// Each new held-out example gives one difference, and none gives a second one: no model was trained on it, and the models of a comparison do not
/// depend on it. So the mean of a difference, given all before it, is the present difference of the two models, as a confidence sequence requires.
/// </remarks>
internal static class PairedOutcomes
{
    /// <summary>Returns the differences between challenger and champion on the new rows, each from -1 to 1. O(n log n).</summary>
    /// <param name="rows">All held-out rows, weighted by the arrivals that each represents.</param>
    /// <param name="areNew">For each row, if it is new since the previous comparison.</param>
    /// <param name="champion">The outputs of the champion, row after row.</param>
    /// <param name="challenger">The outputs of the challenger, row after row. An output that is not finite counts as the worst.</param>
    public static IReadOnlyList<double> Differences(LabeledTask task, RowBuffer rows, bool[] areNew, float[] champion, float[] challenger)
    {
        var of = task.HasPositives ? (Func<LabeledTask, RowBuffer, float[], double[]>)Precisions : Hits;
        var (present, other) = (of(task, rows, champion), of(task, rows, challenger));
        return [.. Enumerable.Range(0, rows.Count).Where(row => areNew[row] && double.IsFinite(present[row])).Select(row => other[row] - present[row])];
    }

    // The precision at the rank of each positive, whose mean is the average precision; NaN for a negative.
    private static double[] Precisions(LabeledTask task, RowBuffer rows, float[] outputs)
    {
        var (labels, weights) = (rows.Labels.ToArray(), rows.Weights.ToArray());
        var order = Enumerable.Range(0, rows.Count).OrderByDescending(row => float.IsFinite(outputs[row]) ? outputs[row] : float.NegativeInfinity).ToArray();
        var precisions = new double[rows.Count];
        Array.Fill(precisions, double.NaN);
        var (positives, all) = (0.0, 0.0);
        for (var from = 0; from < order.Length;)
        {
            // Equal scores are one threshold.
            var to = from;
            while (to < order.Length && outputs[order[to]].Equals(outputs[order[from]]))
            {
                all += weights[order[to]];
                positives += labels[order[to]] == 1 ? weights[order[to]] : 0;
                to++;
            }

            for (; from < to; from++)
            {
                if (task.RoleOf(labels[order[from]]) == ExampleRole.Positive)
                    precisions[order[from]] = float.IsFinite(outputs[order[from]]) ? positives / all : 0;
            }
        }

        return precisions;
    }

    // 1 if the largest output is that of the example's class, 0 if not, NaN for an example that belongs to no class. The mean is the accuracy.
    private static double[] Hits(LabeledTask task, RowBuffer rows, float[] outputs)
    {
        var hits = new double[rows.Count];
        for (var row = 0; row < hits.Length; row++)
        {
            var own = outputs.AsSpan(row * task.OutputWidth, task.OutputWidth);
            var best = 0;
            for (var i = 1; i < own.Length; i++)
                best = own[i] > own[best] ? i : best;
            var label = rows.Labels[row];
            hits[row] = task.RoleOf(label) == ExampleRole.Unknown ? double.NaN : best == label && float.IsFinite(own[best]) ? 1 : 0;
        }

        return hits;
    }
}
