using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>What several models say of the same labelled rows, and how they compare. Owned by the evaluator.</summary>
/// <param name="rows">Their weights are changed meanwhile and put back.</param>
internal sealed class PairedEvaluation(IMiningTask task, RowBuffer rows)
{
    private readonly IOutcomeMetrics _metrics = task.CreateMetrics(Math.Max(1, rows.Count));
    private readonly JackknifeGroups _groups = new([.. Enumerable.Range(0, rows.Count).Select(row => (int)task.RoleOf(rows.Labels[row]))]);

    /// <param name="outputs">The model's, row after row.</param>
    /// <returns>All metrics on all rows.</returns>
    public IReadOnlyDictionary<string, double> Metrics(float[] outputs)
    {
        _metrics.Clear();
        for (var row = 0; row < rows.Count; row++)
            _metrics.Add(OutputsOf(outputs, row), rows, row);
        return _metrics.Compute();
    }

    /// <summary>By how much the first model is ahead in the task's primary metric; null where it is not defined. O(groups n log n).</summary>
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
