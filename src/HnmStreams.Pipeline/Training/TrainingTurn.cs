using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Training;

/// <summary>Runs the training steps of a round on a compute lane and disposes the batches.</summary>
internal static class TrainingTurn
{
    /// <param name="plan">After crashes in training, suspected rows are trained on while no other native code runs.</param>
    public static void Run(IReadOnlyList<TrainingBatch> batches, ComputeLanes lanes, BisectionPlan plan, Action<TrainingBatch> step)
    {
        if (batches.Count > 0 && plan.IsPlain)
        {
            using var turn = lanes.Enter(training: true);
            foreach (var batch in batches)
            {
                using (batch)
                    step(batch);
            }

            return;
        }

        foreach (var batch in batches)
            RunParts(batch, lanes, plan, step);
    }

    private static void RunParts(TrainingBatch batch, ComputeLanes lanes, BisectionPlan plan, Action<TrainingBatch> step)
    {
        using var whole = batch;
        foreach (var (part, alone) in PoisonRecordRows.Split(batch, plan))
        {
            using (part)
            using (alone ? lanes.EnterAlone() : lanes.Enter(training: true))
                step(part);
        }
    }
}
