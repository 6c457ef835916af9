using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>Publishes the predictions of each batch, in the order of the stream, and records their latency. A checkpoint waits until those below its positions are acknowledged.</summary>
/// <param name="sink">Null if predictions are made but not published.</param>
/// <remarks>Called by one thread at a time. Waits while the sink's queue is full.</remarks>
internal sealed class PredictionPublisher(IMiningTask task, IPredictionSink? sink, PredictionLatency latency, TimeProvider time)
{
    /// <summary>Publishes the predictions of a batch, and returns the batch.</summary>
    public ExampleBatch Publish(ExampleBatch batch)
    {
        if (batch.Predictions is not { } predictions)
            return batch;
        var at = time.GetUtcNow();
        for (var row = 0; sink is not null && row < batch.UnlabeledSources.Count; row++)
            sink.Write(Of(batch.UnlabeledSources[row].Id!, predictions, row, at));
        latency.Record(batch);
        return batch;
    }

    private Prediction Of(string id, BatchPredictions predictions, int row, DateTimeOffset at)
    {
        var outputs = predictions.OutputsOf(row);
        var calibrated = predictions.Card?.Calibration is { } calibration ? Probabilities.Of(task, outputs, calibration) : null;
        return new Prediction(id, predictions.Version, predictions.Card is not null, outputs.ToArray(), Probabilities.Of(task, outputs, null), calibrated, at);
    }
}
