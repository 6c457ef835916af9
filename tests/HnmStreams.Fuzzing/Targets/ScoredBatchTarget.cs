using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Cluster.Wire;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>Batches that a score node sends to the learner. Each is read or refused with a reason.</summary>
internal sealed class ScoredBatchTarget(string name) : FuzzTarget(name)
{
    private const int OutputWidth = 1;

    // Without a hardness of infinity, no payload of a negative is sent.
    private static readonly KeepBounds[] Bounds = [KeepBounds.All, new(float.PositiveInfinity, 0, 0, 0, 0, 1, false)];

    private readonly PayloadSelection _selection = new(new TabularTask(new TabularOptions { Features = 1 }), seed: 1, sendsAll: false);

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (var bounds in Bounds)
        {
            using var batch = Batch();
            yield return Write(batch, bounds);
        }

        using var later = Batch();
        AddLateLabels(later);
        yield return Write(later, KeepBounds.All);
    }

    public override void Run(byte[] input)
    {
        try
        {
            using var batch = ScoredBatchCodec.Read(input, OutputWidth);
            FuzzCheck.Holds(batch.Sources.Count == batch.Rows.Count && batch.HeldOutSources.Count == batch.HeldOut.Count && batch.ReadFrom.Count == batch.Spans.Count, input);
        }
        catch (InvalidDataException e)
        {
            FuzzCheck.Holds(e.Message.Length > 0, input);
        }
    }

    private byte[] Write(ExampleBatch batch, KeepBounds bounds) => ScoredBatchCodec.Write(batch, [-1, 7], _selection, bounds, new PayloadBytes()).Written.ToArray();

    private static void AddLateLabels(ExampleBatch batch)
    {
        batch.StreamTime = DateTimeOffset.UnixEpoch.AddDays(1);
        batch.UnlabeledRows().Add([7, 0, 0, 0], 0, 1);
        batch.UnlabeledSources.Add(new RowSource(ExampleKey.Of("u"), "u", new Origin("t", 0, 11), DateTimeOffset.UnixEpoch, default));
        batch.IsUnlabeledHeldOut.Add(false);
        batch.LateLabels.Add(new LateLabel(ExampleKey.Of("before"), 1, 1, DateTimeOffset.UnixEpoch));
        batch.Arrivals.AddRange([new Arrival(ArrivalKind.Unlabeled, 0), new Arrival(ArrivalKind.Label, 0)]);
        batch.Predictions = new BatchPredictions([0.25f], OutputWidth, 5, Card: null);
        batch.Cover("t", 0, 11);
    }

    private static ExampleBatch Batch()
    {
        var batch = new ExampleBatch(3, 8) { After = new BatcherState(4, new Xoshiro256StarStar(1).Save()) { Partials = [new PartialRecord(new Origin("t", 1, 9), 2)] }, DeadLettered = 1 };
        for (var row = 0; row < 6; row++)
        {
            var (id, origin) = ($"e-{row}", new Origin("t", row % 2, 7 + (row / 2)));
            batch.Rows.Add([(byte)row, 0, 0, 0], row == 0 ? 1 : 0, row == 5 ? 2 : 1);
            batch.Sources.Add(new RowSource(ExampleKey.Of(id), id, origin, DateTimeOffset.UnixEpoch, default));
            batch.Cover(origin.Topic, origin.Partition, origin.Offset);
            batch.ToScore.Add(row);
        }

        batch.HeldOut.Add([9, 0, 0, 0], 0, 1);
        batch.HeldOutSources.Add(new RowSource(ExampleKey.Of("h"), "h", new Origin("t", 0, 10), DateTimeOffset.UnixEpoch, default));
        batch.Cover("t", 0, 10);
        batch.Tombstones.Add(new Tombstone(2, ExampleKey.Of("gone")));
        batch.Scores = new BatchScores(6, OutputWidth, 5);
        batch.Scores.Hardness.Fill(0.5f);
        batch.Scores.Outputs.Fill(0.25f);
        return batch;
    }
}
