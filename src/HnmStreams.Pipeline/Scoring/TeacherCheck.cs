using System.Runtime.InteropServices;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>Checks the labels of scored candidates with the task's teacher, several batches at once, each on a compute lane. Thread-safe.</summary>
/// <param name="parallelism">The number of batches at once.</param>
/// <param name="isExact">True if the answers must be a function of the batch.</param>
internal sealed class TeacherCheck(IMiningTask task, ITeacher teacher, ComputeLanes lanes, NativeCallTracker nativeCalls, int parallelism, bool isExact)
{
    /// <summary>The number of batches at once.</summary>
    public int Parallelism => parallelism;

    /// <summary>Checks the candidates of a batch that are hard enough. Its own thread waits for a lane, so that no thread of the pool is blocked.</summary>
    public Task<ExampleBatch> CheckAsync(ExampleBatch batch)
    {
        var rows = RowsToCheck(task, teacher, batch);
        return rows.Count == 0
            ? Task.FromResult(batch)
            : Task.Factory.StartNew(() => Check(batch, rows), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Checks the candidates of a batch that are hard enough, on the calling thread.</summary>
    public static void Check(IMiningTask task, ITeacher teacher, ExampleBatch batch, bool isExact) =>
        Check(teacher, batch, RowsToCheck(task, teacher, batch), isExact);

    private ExampleBatch Check(ExampleBatch batch, List<int> rows)
    {
        var worker = nativeCalls.Rent();
        try
        {
            using var turn = batch.SuspectedRange < 0 ? lanes.Enter() : lanes.EnterAlone();
            using var call = nativeCalls.Begin(worker, NativeWork.Encoding, batch.Spans, batch.Incomplete);
            Check(teacher, batch, rows, isExact);
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

    private static void Check(ITeacher teacher, ExampleBatch batch, List<int> rows, bool isExact)
    {
        if (rows.Count == 0)
            return;
        var checkedRows = new float[rows.Count];
        teacher.Check(batch.Rows, CollectionsMarshal.AsSpan(rows), isExact, checkedRows);
        batch.OtherLabel = new float[batch.Rows.Count];
        Array.Fill(batch.OtherLabel, float.NaN);
        for (var i = 0; i < rows.Count; i++)
            batch.OtherLabel[rows[i]] = checkedRows[i];
        PipelineInstruments.Checked.Add(rows.Count);
    }

    private static List<int> RowsToCheck(IMiningTask task, ITeacher teacher, ExampleBatch batch)
    {
        var rows = new List<int>();
        if (batch.Scores is not { } scores)
            return rows;
        for (var i = 0; i < scores.Hardness.Length; i++)
        {
            var row = batch.ToScore[i];
            if (scores.Hardness[i] >= teacher.MinHardness && task.RoleOf(batch.Rows.Labels[row]) == ExampleRole.Negative && batch.HasPayload(row))
                rows.Add(row);
        }

        return rows;
    }
}
