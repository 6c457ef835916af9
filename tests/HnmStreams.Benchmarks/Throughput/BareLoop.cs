using HnmStreams.Data.Rows;
using HnmStreams.Tasks;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Benchmarks.Throughput;

/// <summary>
/// The reference for the pipeline: the same model, scoring and training in a plain loop over decoded rows in memory.
/// There is no Kafka, no decoding and no pool. Each iteration scores a batch and trains on its positives and its hardest negatives.
/// </summary>
/// <param name="device">The device of scores and steps; null is the CPU.</param>
internal sealed class BareLoop(IMiningTask task, TrainingOptions training, int scoreBatch, int trainBatch, int threads, Device? device = null)
{
    private readonly Device _device = device ?? CPU;

    /// <summary>Makes one pass over <paramref name="rows"/>.</summary>
    /// <returns>Seconds of the pass, without the construction of model and optimizer.</returns>
    public double Run(RowBuffer rows, ulong seed, TimeProvider time)
    {
        using var learner = new Learner(task, training, _device, seed, threads);
        using var replica = new ScoringReplica(task, _device, threads);
        Adopt(learner, replica);
        var outputs = new float[scoreBatch * task.OutputWidth];
        var hardness = new float[scoreBatch];
        var indices = new int[scoreBatch];
        using var batch = new RowBuffer(trainBatch, trainBatch * 1024);

        var start = time.GetTimestamp();
        for (var from = 0; from + scoreBatch <= rows.Count; from += scoreBatch)
        {
            for (var i = 0; i < scoreBatch; i++)
                indices[i] = from + i;
            replica.Score(rows, indices, outputs, hardness);
            Select(rows, from, hardness, batch);
            learner.Step(batch);
            Adopt(learner, replica);
        }

        return time.GetElapsedTime(start).TotalSeconds;
    }

    private static void Adopt(Learner learner, ScoringReplica replica)
    {
        using var snapshot = learner.Publish();
        replica.Adopt(snapshot);
    }

    // Takes all positives, then the hardest negatives, up to trainBatch rows.
    private void Select(RowBuffer rows, int from, float[] hardness, RowBuffer batch)
    {
        batch.Clear();
        var order = new int[scoreBatch];
        var keys = new float[scoreBatch];
        for (var i = 0; i < scoreBatch; i++)
        {
            order[i] = from + i;
            keys[i] = task.RoleOf(rows.Labels[from + i]) == ExampleRole.Positive ? float.NegativeInfinity : -hardness[i];
        }

        Array.Sort(keys, order);
        for (var i = 0; i < trainBatch; i++)
            batch.Add(rows.Payload(order[i]), rows.Labels[order[i]], rows.Weights[order[i]]);
    }
}
