using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Offline.Serial;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Tasks;

namespace HnmStreams.Benchmarks.Delayed;

/// <summary>The quality of a pool of hard negatives at one moment, by the newest weights of its learner.</summary>
/// <param name="Loss">The mean hardness of the candidates; NaN if the pool is empty.</param>
/// <param name="Recall">The share of the hardest negatives among the examples learned last that the pool holds, 0 to 1; NaN if there are too few.</param>
internal readonly record struct PoolQuality(double Loss, double Recall)
{
    /// <summary>The number of hardest negatives.</summary>
    public const int Hardest = 100;

    /// <summary>The number of examples learned last.</summary>
    public const int Window = 20_000;

    /// <summary>Measures a pool. O(window + pool) forward passes.</summary>
    /// <param name="learned">The examples learned last, held-out ones included.</param>
    public static PoolQuality Of(SerialLearner learner, IMiningTask task, HeldOutSplit split, IEnumerable<Example> learned)
    {
        using var pool = new RowBuffer();
        var held = new List<ExampleKey>();
        learner.CopyPool(pool, held);
        using var window = new RowBuffer();
        var keys = new List<ExampleKey>();
        foreach (var example in learned)
        {
            var key = ExampleKey.Of(example.Id);
            if (split.Contains(task, example, key) || task.Encode(example, window) is not null)
                continue;
            keys.Add(key);
        }

        task.FinishRows(window);
        var hardness = HardnessOf(learner, task, window);
        ExampleKey[] hardest = [.. Enumerable.Range(0, keys.Count).Where(row => task.RoleOf(window.Labels[row]) == ExampleRole.Negative).OrderByDescending(row => hardness[row]).Take(Hardest).Select(row => keys[row])];
        var loss = HardnessOf(learner, task, pool);
        return new PoolQuality(
            loss.Length == 0 ? double.NaN : loss.Average(),
            hardest.Length < Hardest ? double.NaN : hardest.Count(held.ToHashSet().Contains) / (double)Hardest);
    }

    private static float[] HardnessOf(SerialLearner learner, IMiningTask task, RowBuffer rows)
    {
        var hardness = new float[rows.Count];
        if (rows.Count > 0)
            task.Hardness(learner.Outputs(rows), rows, [.. Enumerable.Range(0, rows.Count)], hardness);
        return hardness;
    }
}
