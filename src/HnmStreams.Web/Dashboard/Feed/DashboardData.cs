using HnmStreams.Web.Api.Responses;

namespace HnmStreams.Web.Dashboard.Feed;

/// <summary>Everything on the page, as the API says it at one moment.</summary>
/// <param name="Problem">Why there is nothing but the status; null where all is there.</param>
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
    string? Problem);
