using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Api.Responses.Requests;
using HnmStreams.Web.Operating;

namespace HnmStreams.Web.Dashboard.Feed;

/// <summary>The data of the page: the API's answers at one moment. Those of the learner are null if it does not answer.</summary>
/// <param name="BaselinesEnabled">True if baselines are trained, even if there is no comparison yet.</param>
internal sealed record DashboardData(StatusResponse Status, HistoryResponse History, EventsResponse Events, bool BaselinesEnabled = false)
{
    /// <summary>The reason why only the status is available; null if everything is.</summary>
    public string? Problem { get; init; }

    public SystemStatus? System { get; init; }

    public HistogramResponse? Histogram { get; init; }

    public BatchesResponse? Batches { get; init; }

    public HardNegativesResponse? Hardest { get; init; }

    public QuarantineResponse? Quarantine { get; init; }

    public LabelRequestsResponse? LabelRequests { get; init; }

    /// <summary>The name of the positive label; null if the task has none.</summary>
    public string? Positive { get; init; }

    public CheckpointsResponse? Checkpoints { get; init; }

    public DeadLettersResponse? DeadLetters { get; init; }

    public ModelsResponse? Models { get; init; }
}
