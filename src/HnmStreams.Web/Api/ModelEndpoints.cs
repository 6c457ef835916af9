using System.Globalization;
using System.Text.Json;
using HnmStreams.Data.Wire;
using HnmStreams.Web.Api.Description;
using HnmStreams.Web.Api.Responses;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace HnmStreams.Web.Api;

/// <summary>Endpoints of the model: the registry, the promoted version's weights and card, and scoring.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter(Problems.FilterAsync).WithTags("Models")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable).ProducesProblem(StatusCodes.Status504GatewayTimeout);
        api.MapGet("/models", (LearnerQueries queries) => TypedResults.Ok(queries.Models()))
            .WithName("getModels")
            .WithSummary("Returns the promoted version, and the promotion decisions with their reasons.");
        api.MapGet("/models/latest", LatestAsync)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getLatestModel")
            .WithSummary("Returns the promoted model's weights in the safetensors format, with the model card in the metadata entry 'card'.");
        api.MapGet("/models/latest/card", (LearnerQueries queries) => queries.Models().Latest is { } card ? (IResult)TypedResults.Ok(card) : NoModel())
            .Produces<ModelCardResponse>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getLatestModelCard")
            .WithSummary("Returns the promoted model's card: task, version, positions, metrics and calibration.");
        api.MapPostOnly("/score", ScoreAsync)
            .Accepts<ScoreExample[]>("application/json").Produces<ScoresResponse>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .WithRequestSchema<ScoreExample[]>()
            .WithMetadata(new RequestSizeLimitAttribute(ScoreRequest.MaxBytes))
            .WithName("score")
            .WithSummary($"Scores 1 to {ScoreRequest.MaxExamples} examples with the promoted model. The body is a JSON array of examples in the format of the stream; id and target are optional. Changes nothing.");
    }

    private static async Task<IResult> LatestAsync(LearnerQueries queries, CancellationToken cancellation)
    {
        // Weights may be large. They are written to a file completely before the first byte is sent.
        var path = Path.Combine(Path.GetTempPath(), $"hnm-{Guid.NewGuid():n}.safetensors");
        try
        {
            if (await queries.WriteLatestAsync(path, cancellation) is not { } card)
                return NoModel();
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 65536, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
            return TypedResults.Stream(file, "application/octet-stream", string.Create(CultureInfo.InvariantCulture, $"{card.Task}-v{card.Version:D8}.safetensors"));
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static async Task<IResult> ScoreAsync(JsonElement body, LearnerQueries queries, ExampleDecoder decoder, CancellationToken cancellation) =>
        ScoreRequest.Read(body, decoder, out var problem) is { } examples
            ? TypedResults.Ok(await queries.ScoreAsync(examples, cancellation))
            : TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest);

    private static ProblemHttpResult NoModel() =>
        TypedResults.Problem("No version is promoted yet. The first promotion decision follows the first evaluation on held-out examples.", statusCode: StatusCodes.Status404NotFound);
}
