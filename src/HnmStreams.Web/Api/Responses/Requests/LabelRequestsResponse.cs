using System.Globalization;
using System.Text.Json.Serialization;
using HnmStreams.Data.Labeling;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Tasks;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses.Requests;

/// <summary>The answer of <c>GET /api/label-requests</c>: the open requests, largest score first.</summary>
/// <param name="Enabled">False if no labels are requested (<c>labels.requests.enabled</c>).</param>
/// <param name="CanAnswer">True if <c>POST /api/label-requests/{id}/answer</c> can send labels.</param>
/// <param name="Counts">The counts of all requests; null if no labels are requested.</param>
/// <param name="Labels">The names of the labels to answer with.</param>
internal sealed record LabelRequestsResponse(
    bool Enabled, bool CanAnswer, LabelRequestStatus? Counts, IReadOnlyList<string> Labels, IReadOnlyList<LabelRequestResponse> Items)
{
    private static readonly string[] Header =
        ["id", "reason", "score", "uncertainty", "disagreement", "predicted", "probability", "modelVersion", "eventTime", "at", "topic", "partition", "offset"];

    public static LabelRequestsResponse Of(LabelRequestStatus? counts, bool canAnswer, IReadOnlyList<OpenLabelRequest> open, IRowPreviews previews) => new(
        counts is not null,
        canAnswer,
        counts,
        open.Count == 0 ? [] : LabelsOf(open[0].Request, previews),
        [.. open.Select(o => LabelRequestResponse.Of(o, previews))]);

    /// <summary>Returns the names of the labels that a request can be answered with.</summary>
    public static IReadOnlyList<string> LabelsOf(LabelRequest request, IRowPreviews previews) => [.. Enumerable.Range(0, request.Probabilities.Count).Select(previews.LabelName)];

    public string ToCsv() => CsvText.Of(Header, Items.Select(i => (IReadOnlyList<object?>)
        [i.Id, i.Reason == LabelRequestReason.Uncertain ? "uncertain" : "disagreement", i.Score, i.Uncertainty, i.Disagreement, i.Predicted, i.Probability, i.ModelVersion, i.EventTime.ToString("O"), i.At.ToString("O"), i.Origin.Topic, i.Origin.Partition, i.Origin.Offset]));

    /// <summary>Returns the requests as a file of tasks for Label Studio. Its export comes back by <c>hnm labels import</c>.</summary>
    public byte[] ToLabelStudio()
    {
        using var file = new MemoryStream();
        LabelStudioTasks.Write(file, Items.Select(static i => i.ToTask()).OfType<LabelTask>());
        return file.ToArray();
    }
}

/// <summary>An open request.</summary>
/// <param name="Explanation">The reason in words.</param>
/// <param name="Predicted">The most probable label.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="Probabilities">The probability per label.</param>
/// <param name="Text">The input as text; null for an image, which <c>GET /api/label-requests/{id}/view</c> returns.</param>
internal sealed record LabelRequestResponse(
    string Id,
    LabelRequestReason Reason,
    string Explanation,
    double Score,
    double Uncertainty,
    double Disagreement,
    string Predicted,
    double Probability,
    IReadOnlyList<float> Probabilities,
    long ModelVersion,
    DateTimeOffset EventTime,
    DateTimeOffset At,
    OriginResponse Origin,
    string? Text)
{
    /// <summary>The input as an image; null for a text.</summary>
    [JsonIgnore]
    public byte[]? Png { get; init; }

    public static LabelRequestResponse Of(OpenLabelRequest open, IRowPreviews previews)
    {
        var request = open.Request;
        var preview = open.Payload.IsEmpty ? null : previews.View(open.Payload.Span);
        var probability = request.Probabilities.Max();
        return new LabelRequestResponse(
            request.Id,
            request.Reason,
            Explain(request, probability),
            request.Score,
            request.Uncertainty,
            request.Disagreement,
            request.Predicted,
            probability,
            request.Probabilities,
            request.ModelVersion,
            request.EventTime,
            request.At,
            OriginResponse.Of(request.Origin),
            preview?.Text)
        {
            Png = preview?.Png,
        };
    }

    /// <summary>Returns the task for people; null if the input is no longer stored.</summary>
    public LabelTask? ToTask()
    {
        var prediction = new LabelPrediction(Predicted, Math.Round(Probability, 6), ModelVersion);
        return Png is not null ? new LabelTask(Id, new Data.Examples.ExampleInput.EncodedImage(Png), prediction)
            : Text is not null ? new LabelTask(Id, new Data.Examples.ExampleInput.Text(Text), prediction)
            : null;
    }

    private static string Explain(LabelRequest request, double probability) => request.Reason == LabelRequestReason.Disagreement
        ? string.Create(CultureInfo.InvariantCulture, $"The served model and the newest one disagree. The served one says '{request.Predicted}' with {probability:P0}.")
        : string.Create(CultureInfo.InvariantCulture, $"The model is unsure: it says '{request.Predicted}', but only with {probability:P0}.");
}

/// <summary>The answer of <c>POST /api/label-requests/{id}/answer</c>: the label was sent to the topic of labels.</summary>
internal sealed record LabelAnswerResponse(string Id, string Label);
