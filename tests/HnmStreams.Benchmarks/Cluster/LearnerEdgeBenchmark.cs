using System.Globalization;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Cluster.Learning;
using HnmStreams.Pipeline.Cluster.Wire;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Pipeline.Ranking;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>
/// The learner without network, training and scorers: parts of thin batches from a generator are joined, read, admitted and taken into the state on one
/// thread. The generator writes batches as a score node does, with the learner's newest bounds; its time is not counted.
/// </summary>
internal sealed class LearnerEdgeBenchmark(BenchmarkModel model, int rows, TextWriter output, TimeProvider time)
{
    private const ulong Seed = 1;
    private const int BatchSize = 512;

    // The bounds of a batch are at most this number of batches old.
    private const int BatchesPerTurn = 20;
    private const string Topic = "t";

    public LearnerEdgeReport Run(CancellationToken cancellation)
    {
        var options = new PipelineOptions { Seed = Seed };
        using var ranker = new Ranker(model.Task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
        var generator = new Xoshiro256StarStar(Seed);
        var (admission, joiner, selection) = (new Admission([], new BatcherState(0, generator.Save())), new BatchParts.Joiner(), new PayloadSelection(model.Task, Seed, sendsAll: false));
        using var examples = model.Stream(int.MaxValue).GetEnumerator();
        var (taken, offset, bytes, allocated, seconds, processor) = (0L, 0L, 0L, 0L, 0.0, TimeSpan.Zero);
        // The first half warms up, and fills the pool and the reservoirs.
        for (var counted = 0L; counted < rows; cancellation.ThrowIfCancellationRequested())
        {
            var bounds = ranker.Bounds();
            var batches = new List<List<byte[]>>();
            while (batches.Count < BatchesPerTurn)
                batches.Add(Parts(examples, generator, selection, bounds, ref offset));
            var (start, before, allocatedBefore) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetAllocatedBytesForCurrentThread());
            foreach (var part in batches.SelectMany(static parts => parts))
            {
                if (joiner.Add(part) is { } joined)
                    TakeIn(ranker, admission, ScoredBatchCodec.Read(joined, model.Task.OutputWidth));
            }

            taken += BatchesPerTurn * BatchSize;
            if (taken < rows)
                continue;
            (seconds, processor) = (seconds + time.GetElapsedTime(start).TotalSeconds, processor + (Environment.CpuUsage.TotalTime - before));
            allocated += GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            bytes += batches.Sum(static parts => parts.Sum(static part => (long)part.Length));
            counted += BatchesPerTurn * BatchSize;
        }

        var measured = taken - rows;
        var report = new LearnerEdgeReport(model.Name, measured, measured / seconds, processor.TotalMicroseconds / measured, (double)bytes / measured, (double)allocated / measured);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Model}: {report.RowsPerSecond:N0} rows/s, {report.ProcessorMicroseconds:0.00} µs of processor time, {report.BytesPerRow:0} bytes and {report.AllocatedBytesPerRow:0} allocated bytes per row"));
        return report;
    }

    private static void TakeIn(Ranker ranker, Admission admission, ExampleBatch batch)
    {
        using (batch)
        {
            if (!admission.TryAdmit(batch))
                throw new InvalidOperationException("A batch was not admitted.");
            ranker.TakeIn(batch);
            ranker.Bounds();
        }
    }

    private List<byte[]> Parts(IEnumerator<Example> examples, Xoshiro256StarStar generator, PayloadSelection selection, in KeepBounds bounds, ref long offset)
    {
        using var batch = new ExampleBatch(0, BatchSize);
        var from = offset;
        for (var row = 0; row < BatchSize; row++)
        {
            examples.MoveNext();
            if (model.Task.Encode(examples.Current, batch.Rows) is { } rejection)
                throw new InvalidOperationException($"The task rejected the benchmark's example: {rejection.Detail}");
            batch.Sources.Add(new RowSource(ExampleKey.Of(examples.Current.Id), examples.Current.Id, new Origin(Topic, 0, offset), DateTimeOffset.UnixEpoch, default));
            batch.Cover(Topic, 0, offset++);
            batch.ToScore.Add(row);
        }

        batch.Scores = new BatchScores(BatchSize, model.Task.OutputWidth, 0);
        foreach (ref var logit in batch.Scores.Outputs)
            logit = (float)((generator.NextDouble() * 8) - 6);
        int[] all = [.. batch.ToScore];
        model.Task.Hardness(batch.Scores.Outputs, batch.Rows, all, batch.Scores.Hardness);
        batch.After = new BatcherState(0, generator.Save());
        return [.. BatchParts.Split(ScoredBatchCodec.Write(batch, [from], selection, bounds, new PayloadBytes()).Written)];
    }
}

/// <summary>The rate at which a learner takes in batches of score nodes.</summary>
/// <param name="Rows">The measured rows.</param>
/// <param name="RowsPerSecond">Rows per second of one thread.</param>
/// <param name="ProcessorMicroseconds">Processor time per row of the whole process, with the garbage collector.</param>
/// <param name="BytesPerRow">Bytes on the wire per row.</param>
/// <param name="AllocatedBytesPerRow">Bytes of managed memory that are allocated per row.</param>
internal sealed record LearnerEdgeReport(string Model, long Rows, double RowsPerSecond, double ProcessorMicroseconds, double BytesPerRow, double AllocatedBytesPerRow);
