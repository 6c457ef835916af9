using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>The evaluation of several models on the same labeled rows, and their comparison. Owned by the evaluator.</summary>
/// <param name="rows">The rows. Their weights are changed during a comparison and restored.</param>
internal sealed class PairedEvaluation(IMiningTask task, RowBuffer rows)
{
    private readonly IOutcomeMetrics _metrics = task.CreateMetrics(Math.Max(1, rows.Count));
    private readonly JackknifeGroups _groups = new([.. Enumerable.Range(0, rows.Count).Select(row => (int)task.RoleOf(rows.Labels[row]))]);

    /// <summary>Returns all metrics on all rows.</summary>
    /// <param name="outputs">The outputs of the model, row after row.</param>
    public IReadOnlyDictionary<string, double> Metrics(float[] outputs)
    {
        _metrics.Clear();
        for (var row = 0; row < rows.Count; row++)
            _metrics.Add(OutputsOf(outputs, row), rows, row);
        return _metrics.Compute();
    }

    /// <summary>Returns the uplift of the first model over the second in the task's primary metric; null if it is not defined. O(groups n log n).</summary>
    public Uplift? Compare(float[] first, float[] second) => Uplift.Of(Grouped(first), Grouped(second));

    private GroupedMetric Grouped(float[] outputs) => new(
        Metrics(outputs)[task.PrimaryMetric],
        [.. Enumerable.Range(0, JackknifeGroups.Count).Select(group => Without(outputs, group))]);

    private double Without(float[] outputs, int group)
    {
        _metrics.Clear();
        for (var row = 0; row < rows.Count; row++)
        {
            if (_groups.Factor(row, group) is not (> 0 and var factor))
                continue;
            var weight = rows.Weights[row];
            rows.SetWeight(row, weight * factor);
            _metrics.Add(OutputsOf(outputs, row), rows, row);
            rows.SetWeight(row, weight);
        }

        return _metrics.Compute()[task.PrimaryMetric];
    }

    private ReadOnlySpan<float> OutputsOf(float[] outputs, int row) => outputs.AsSpan(row * task.OutputWidth, task.OutputWidth);
}
