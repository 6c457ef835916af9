using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Evaluation.Calibration;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Cluster.Wire;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Flow.Sharing;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Cluster;

/// <summary>Tests of batches on the wire whose labels come later.</summary>
public sealed class LateLabelCodecTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_is_the_same_after_a_round_trip(bool isCalibrated)
    {
        var card = new ModelCard(Stream.Task.Name, 7, default, 0, 0, new Dictionary<string, double>(StringComparer.Ordinal), [])
        {
            Calibration = isCalibrated ? new OutputCalibration(1.5, -0.25, 0.1, 0.05, 40) : null,
        };
        using var batch = Batch(card);
        using var read = ScoredBatchCodec.Read(Write(batch), 1);
        Assert.Equal(batch.StreamTime, read.StreamTime);
        Assert.Equal(batch.Arrivals, read.Arrivals);
        Assert.Equal(batch.UnlabeledSources, read.UnlabeledSources);
        Assert.Equal(batch.IsUnlabeledHeldOut, read.IsUnlabeledHeldOut);
        Assert.Equal(batch.LateLabels, read.LateLabels);
        Assert.Equal(batch.PredictionFailure, read.PredictionFailure);
        Assert.Equal((batch.Predictions!.Version, batch.Predictions.Width), (read.Predictions!.Version, read.Predictions.Width));
        Assert.Equal(batch.Predictions.Outputs, read.Predictions.Outputs);
        Assert.Equal(card.Calibration, read.Predictions.Card!.Calibration);
        for (var row = 0; row < batch.Unlabeled!.Count; row++)
            Assert.Equal(batch.Unlabeled.Payload(row), read.Unlabeled!.Payload(row));
    }

    [Fact]
    public void A_batch_without_predictions_is_the_same_after_a_round_trip()
    {
        using var batch = Batch(card: null);
        (batch.Predictions, batch.PredictionFailure) = (null, "no version yet");
        using var read = ScoredBatchCodec.Read(Write(batch), 1);
        Assert.Null(read.Predictions);
        Assert.Equal("no version yet", read.PredictionFailure);
    }

    [Theory]
    [InlineData((int)ArrivalKind.Label, 1)]
    [InlineData((int)ArrivalKind.Unlabeled, 2)]
    [InlineData((int)ArrivalKind.Example, 0)]
    [InlineData(9, 0)]
    public void An_arrival_that_is_not_in_the_batch_is_refused(int kind, int index)
    {
        using var batch = Batch(card: null);
        batch.Arrivals.Add(new Arrival((ArrivalKind)kind, index));
        var bytes = Write(batch);
        var error = Assert.Throws<InvalidDataException>(() => ScoredBatchCodec.Read(bytes, 1));
        Assert.Contains("the arrival", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predictions_that_do_not_fit_the_examples_are_refused()
    {
        using var batch = Batch(card: null);
        batch.Predictions = new BatchPredictions([0.5f], 1, 7, Card: null);
        var bytes = Write(batch);
        Assert.Contains("1 outputs for 2 predictions", Assert.Throws<InvalidDataException>(() => ScoredBatchCodec.Read(bytes, 1)).Message, StringComparison.Ordinal);
    }

    private static byte[] Write(ExampleBatch batch) =>
        ScoredBatchCodec.Write(batch, [-1], new PayloadSelection(Stream.Task, seed: 1, sendsAll: false), KeepBounds.All, new PayloadBytes()).Written.ToArray();

    private static ExampleBatch Batch(ModelCard? card)
    {
        var batch = new ExampleBatch(3, 8) { After = new BatcherState(4, new Xoshiro256StarStar(1).Save()), StreamTime = Time };
        for (var row = 0; row < 2; row++)
        {
            var id = $"u-{row}";
            Assert.Null(Stream.Task.Encode(Stream.Of(id, 0, row, 1, 1, 1), batch.UnlabeledRows()));
            batch.UnlabeledSources.Add(new RowSource(ExampleKey.Of(id), id, new Origin("t", 0, row), Time, default));
            batch.IsUnlabeledHeldOut.Add(row == 1);
            batch.Arrivals.Add(new Arrival(ArrivalKind.Unlabeled, row));
            batch.Cover("t", 0, row);
        }

        batch.LateLabels.Add(new LateLabel(ExampleKey.Of("before"), 1, 0.5f, Time));
        batch.Arrivals.Add(new Arrival(ArrivalKind.Label, 0));
        batch.Cover("t", 0, 2);
        batch.Predictions = new BatchPredictions([0.5f, -0.5f], 1, 7, card);
        return batch;
    }
}
