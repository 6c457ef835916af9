namespace HnmStreams.Data.Records;

/// <summary>A prediction that was served for an unlabeled example.</summary>
/// <param name="Id">The id of the example.</param>
/// <param name="ModelVersion">The version of the model that made the prediction.</param>
/// <param name="Promoted">True if the version passed the promotion gate; false if no version has, in which case it is the newest.</param>
/// <param name="Outputs">The raw outputs of the network.</param>
/// <param name="Probabilities">The uncalibrated probability per label, in order (for one class against the rest: negative, positive); null if an output is not finite.</param>
/// <param name="Calibrated">The probabilities calibrated on the held-out share; null without a calibration.</param>
/// <param name="At">The time of the prediction.</param>
public sealed record Prediction(
    string Id,
    long ModelVersion,
    bool Promoted,
    IReadOnlyList<float> Outputs,
    IReadOnlyList<double>? Probabilities,
    IReadOnlyList<double>? Calibrated,
    DateTimeOffset At);

/// <summary>A destination for served predictions. Implementations are thread-safe. Delivery is at least once; the id identifies duplicates.</summary>
public interface IPredictionSink
{
    /// <summary>Queues a prediction for delivery. Waits only while the queue is full.</summary>
    void Write(Prediction prediction);

    /// <summary>Completes when every prediction written before the call is acknowledged.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
