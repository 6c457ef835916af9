using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Training;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;

namespace HnmStreams.Pipeline.Tests.Training;

public sealed class TrainingTurnTests
{
    private readonly List<byte[]> _steps = [];

    [Fact]
    public void Steps_through_all_batches_in_order_and_disposes_them()
    {
        TrainingBatch[] batches = [Batch(1, 2), Batch(3)];
        TrainingTurn.Run(batches, new ComputeLanes(1), BisectionPlan.Plain, Record);
        Assert.Equal([[1, 2], [3]], _steps);
        Assert.All(batches, batch => Assert.Equal(0, batch.Rows.Count));
    }

    [Fact]
    public void Trains_on_suspected_rows_separately_and_drops_rows_that_crash_the_process()
    {
        var suspected = new InFlightOffsets(NativeWork.Training, 1, [new OffsetSpan("t", 0, 2, 3)]);
        var plan = new BisectionPlan([suspected], [new PoisonRecord(NativeWork.Training, "t", 0, 4, 3)]);
        TrainingTurn.Run([Batch(1, 2, 3, 4, 5)], new ComputeLanes(2), plan, Record);
        Assert.Equal([[1, 5], [2, 3]], _steps);
    }

    [Fact]
    public void Trains_on_a_batch_without_suspected_rows_as_a_whole()
    {
        var otherPartition = new InFlightOffsets(NativeWork.Training, 1, [new OffsetSpan("t", 1, 0, 100)]);
        TrainingTurn.Run([Batch(1, 2, 3)], new ComputeLanes(1), new BisectionPlan([otherPartition], []), Record);
        Assert.Equal([[1, 2, 3]], _steps);
    }

    private void Record(TrainingBatch batch) => _steps.Add([.. Enumerable.Range(0, batch.Rows.Count).Select(row => batch.Rows.Payload(row)[0])]);

    /// <summary>A batch whose rows are the numbers of their offsets in partition 0.</summary>
    private static TrainingBatch Batch(params byte[] offsets)
    {
        var batch = new TrainingBatch(new MixPlan(0, 0, 0, 0, default, []));
        foreach (var offset in offsets)
        {
            batch.Rows.Add([offset], 0, 1);
            batch.Keys.Add(new CandidateKey(ExampleKey.Of($"{offset}"), 0));
            batch.Origins.Add(new OffsetSpan("t", 0, offset, offset));
        }

        return batch;
    }
}
