using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Training;

/// <summary>Steps through the batches of a round on a lane, and disposes them.</summary>
internal static class TrainingTurn
{
    /// <param name="plan">After deaths in training, what is suspected is trained on with nothing else in native code.</param>
    public static void Take(IReadOnlyList<TrainingBatch> batches, ComputeLanes lanes, BisectionPlan plan, Action<TrainingBatch> step)
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
            TakeApart(batch, lanes, plan, step);
    }

    private static void TakeApart(TrainingBatch batch, ComputeLanes lanes, BisectionPlan plan, Action<TrainingBatch> step)
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
