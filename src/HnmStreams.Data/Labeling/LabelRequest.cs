using System.Text.Json.Serialization;
using HnmStreams.Data.Records;

namespace HnmStreams.Data.Labeling;

/// <summary>A request to label an example, because its label would help the model most.</summary>
/// <param name="Id">The id of the example. A label for it is a record of this id with a target and no input.</param>
/// <param name="Origin">The record that has the input.</param>
/// <param name="Reason">The reason why it was chosen.</param>
/// <param name="Score">The value by which it was chosen, 0 to 1: the uncertainty or the disagreement, as the reason says.</param>
/// <param name="Uncertainty">The entropy of the prediction divided by that of equal probabilities, 0 to 1.</param>
/// <param name="Disagreement">The Jensen-Shannon divergence of the predictions of two model versions in bits, 0 to 1; 0 if they were not compared.</param>
/// <param name="ModelVersion">The version of the model that made the prediction.</param>
/// <param name="Predicted">The name of the most probable label.</param>
/// <param name="Probabilities">The probability per label, in order (for one class against the rest: negative, positive), calibrated if the version has a calibration.</param>
/// <param name="EventTime">The time of the example.</param>
/// <param name="At">The time of the request.</param>
public sealed record LabelRequest(
    string Id,
    Origin Origin,
    LabelRequestReason Reason,
    double Score,
    double Uncertainty,
    double Disagreement,
    long ModelVersion,
    string Predicted,
    IReadOnlyList<float> Probabilities,
    DateTimeOffset EventTime,
    DateTimeOffset At);

/// <summary>The reasons for requests.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LabelRequestReason>))]
public enum LabelRequestReason
{
    /// <summary>The prediction is uncertain.</summary>
    [JsonStringEnumMemberName("uncertain")]
    Uncertain,

    /// <summary>Two model versions disagree about the example.</summary>
    [JsonStringEnumMemberName("disagreement")]
    Disagreement,
}

/// <summary>A destination for label requests. Implementations are thread-safe. Delivery is at least once; the id identifies duplicates.</summary>
public interface ILabelRequestSink
{
    /// <summary>Queues a request for delivery. Waits only while the queue is full.</summary>
    void Write(LabelRequest request);

    /// <summary>Queues the end of a request: its label has come, or the example left without one.</summary>
    void WriteEnd(string id);

    /// <summary>Completes when everything written before the call is acknowledged.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
