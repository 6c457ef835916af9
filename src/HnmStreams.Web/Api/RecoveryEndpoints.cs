using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Api;

/// <summary>The endpoint that reads the recoveries from known changes of the stream.</summary>
internal static class RecoveryEndpoints
{
    public static void MapRecoveries(this IEndpointRouteBuilder app) =>
        app.MapGroup("/api").AddEndpointFilter(Problems.FilterAsync).WithTags("Learner")
            .MapGet("/recoveries", (LearnerView view) => TypedResults.Ok(RecoveriesResponse.Of(view.Snapshot())))
            .WithName("getRecoveries")
            .WithSummary("Returns the recoveries of the learner and the baselines from each known change of the stream, and their summary.");
}
