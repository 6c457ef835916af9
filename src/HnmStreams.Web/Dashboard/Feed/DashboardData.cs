using HnmStreams.Web.Api.Responses;

namespace HnmStreams.Web.Dashboard.Feed;

/// <summary>The data of the page: the API's answers at one moment.</summary>
/// <param name="BaselinesEnabled">True if baselines are trained, even if there is no comparison yet.</param>
/// <param name="Problem">The reason why only the status is available; null if everything is.</param>
internal sealed record DashboardData(
    StatusResponse Status,
    HistoryResponse History,
    HistogramResponse? Histogram,
    BatchesResponse? Batches,
    HardNegativesResponse? Hardest,
    QuarantineResponse? Quarantine,
    CheckpointsResponse? Checkpoints,
    DeadLettersResponse? DeadLetters,
    ModelsResponse? Models,
    string? Problem,
    bool BaselinesEnabled = false);
