using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Batching;

/// <summary>Computes the features of batches with the task's frozen encoder, several batches at once, each on a compute lane. Thread-safe.</summary>
/// <param name="parallelism">The number of batches at once.</param>
/// <param name="isExact">True if the features must be a function of the batch.</param>
internal sealed class RowFinisher(IMiningTask task, ComputeLanes lanes, NativeCallTracker nativeCalls, int parallelism, bool isExact)
{
    /// <summary>The number of batches at once.</summary>
    public int Parallelism => parallelism;

    /// <summary>Completes the rows of a batch. Its own thread waits for a lane, so that no thread of the pool is blocked; a batch takes much longer than a thread's start.</summary>
    public Task<ExampleBatch> FinishAsync(ExampleBatch batch) =>
        Task.Factory.StartNew(() => Finish(batch), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private ExampleBatch Finish(ExampleBatch batch)
    {
        var worker = nativeCalls.Rent();
        try
        {
            using var turn = batch.SuspectedRange < 0 ? lanes.Enter() : lanes.EnterAlone();
            using var call = nativeCalls.Begin(worker, NativeWork.Encoding, batch.Spans, batch.Incomplete, batch.SuspectedRange >= 0);
            task.FinishRows(batch.Rows, isExact);
            task.FinishRows(batch.HeldOut, isExact);
            if (batch.Unlabeled is { } unlabeled)
                task.FinishRows(unlabeled, isExact);
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
        finally
        {
            nativeCalls.Return(worker);
        }
    }
}
