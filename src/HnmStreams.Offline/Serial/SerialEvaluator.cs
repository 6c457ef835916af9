using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Offline.Serial;

/// <summary>The evaluations of a serial learner: metrics on given rows, the promotion gate and the comparison with the baselines.</summary>
/// <param name="copyHeldOut">Appends the held-out rows to a buffer.</param>
/// <param name="copySearched">Appends the rows among which neighbors are searched to a buffer; null if neighbors are searched among the measured rows.</param>
/// <param name="replica">Shared with the learner's scoring. Its version after a call is unspecified unless the method says otherwise.</param>
/// <param name="registry">The promoted versions; empty without a gate.</param>
/// <param name="gate">Null if the newest version is always the one to measure.</param>
/// <remarks>One owner, one thread. O(rows) forward passes per call.</remarks>
internal sealed class SerialEvaluator(IMiningTask task, ScoringReplica replica, Action<RowBuffer> copyHeldOut, Action<RowBuffer>? copySearched, ModelRegistry registry, PromotionGate? gate)
{
    /// <summary>Considers a newly published version for promotion if a decision is due.</summary>
    public void ConsiderIfDue(ModelSnapshot published)
    {
        if (gate?.IsDueByCount(published.Version) == true)
            Consider(published);
    }

    /// <summary>Measures the promoted version if there is a gate, otherwise <paramref name="newest"/>, which the replica has adopted afterwards.</summary>
    public IReadOnlyDictionary<string, double> Measure(ModelSnapshot newest, RowBuffer rows)
    {
        if (gate is not null)
            Consider(newest);
        using var promoted = registry.AcquirePromoted();
        var metrics = MeasureWeights(promoted?.Snapshot ?? newest, rows);
        replica.Adopt(newest);
        return metrics;
    }

    /// <summary>Measures the given weights, which the replica has adopted afterwards.</summary>
    public IReadOnlyDictionary<string, double> MeasureWeights(ModelSnapshot weights, RowBuffer rows)
    {
        using var searched = copySearched is null ? null : WithIndexedRows(rows);
        replica.Adopt(weights);
        return RowOutputs.Measure(task, replica, searched ?? rows);
    }

    /// <summary>Compares the mined weights with those of the baselines on the same rows. The replica has adopted <paramref name="mined"/> afterwards.</summary>
    public BaselineComparison Compare(ModelSnapshot mined, ModelSnapshot random, ModelSnapshot equalCompute, RowBuffer rows)
    {
        // The mined weights are scored last, because scoring continues with them.
        var (randomOutputs, equalComputeOutputs) = (Outputs(random, rows), Outputs(equalCompute, rows));
        return BaselineComparison.Of(new PairedEvaluation(task, rows), Outputs(mined, rows), randomOutputs, equalComputeOutputs);
    }

    private void Consider(ModelSnapshot snapshot)
    {
        using var heldOut = new RowBuffer();
        copyHeldOut(heldOut);
        gate!.Consider(snapshot, heldOut, Outputs(snapshot, heldOut), weights => Outputs(weights, heldOut));
    }

    private RowBuffer WithIndexedRows(RowBuffer rows)
    {
        var all = new RowBuffer();
        for (var row = 0; row < rows.Count; row++)
            all.Add(rows.Payload(row), rows.Labels[row], rows.Weights[row]);
        copySearched!(all);
        return all;
    }

    private float[] Outputs(ModelSnapshot snapshot, RowBuffer rows)
    {
        replica.Adopt(snapshot);
        return RowOutputs.Of(task, replica, rows);
    }
}
