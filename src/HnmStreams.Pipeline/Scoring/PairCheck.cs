using System.Runtime.InteropServices;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>Checks the mined pairs of training batches with the task's cross-encoder, on a compute lane and before the batches are sent to the learners. Thread-safe.</summary>
/// <param name="isExact">True if the answers must be a function of the round.</param>
internal sealed class PairCheck(IPairTeacher teacher, ComputeLanes lanes, NativeCallTracker nativeCalls, bool isExact)
{
    /// <summary>Checks the pairs of a round. Its own thread waits for a lane, so that neither the ranking stage nor a thread of the pool is blocked.</summary>
    public Task CheckAsync(TrainingRound round) =>
        Task.Factory.StartNew(() => Check(round), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Checks the pairs of a batch on the calling thread.</summary>
    public static void Check(IPairTeacher teacher, TrainingBatch batch, bool isExact) => Check(teacher, batch, isExact, static _ => true);

    private void Check(TrainingRound round)
    {
        var worker = nativeCalls.Rent();
        try
        {
            var plan = nativeCalls.Plan;
            using var turn = lanes.Enter();
            foreach (var batch in round.Batches)
            {
                if (batch.Pairs is not { } pairs)
                    continue;
                using var call = nativeCalls.Begin(worker, NativeWork.Training, pairs.Origins);
                // A record that may have crashed the process is examined by the trainer, alone.
                Check(teacher, batch, isExact, origin => plan.IsPlain || !IsSuspected(plan, origin));
            }
        }
        finally
        {
            nativeCalls.Return(worker);
        }
    }

    private static void Check(IPairTeacher teacher, TrainingBatch batch, bool isExact, Func<OffsetSpan, bool> isSafe)
    {
        if (batch.Pairs is not { Count: > 0 } pairs)
            return;
        pairs.Relevance = new float[pairs.Count];
        Array.Fill(pairs.Relevance, float.NaN);
        var due = Enumerable.Range(0, pairs.Count).Where(i => isSafe(pairs.Origins[2 * i]) && isSafe(pairs.Origins[(2 * i) + 1])).ToList();
        var relevance = new float[due.Count];
        teacher.Check(pairs.Rows, CollectionsMarshal.AsSpan(due.ConvertAll(static i => (2 * i, (2 * i) + 1))), isExact, relevance);
        for (var i = 0; i < due.Count; i++)
            pairs.Relevance[due[i]] = relevance[i];
        PipelineInstruments.Checked.Add(due.Count);
    }

    private static bool IsSuspected(BisectionPlan plan, OffsetSpan origin) =>
        plan.SuspectedRanges.Any(range => range.Work == NativeWork.Training && range.Holds(origin.Topic, origin.Partition, origin.First))
        || plan.DeadLetter.Any(record => record.Is(origin.Topic, origin.Partition, origin.First));
}
