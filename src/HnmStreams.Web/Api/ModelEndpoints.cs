using System.Globalization;
using System.Text.Json;
using HnmStreams.Data.Wire;
using HnmStreams.Web.Api.Responses;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace HnmStreams.Web.Api;

/// <summary>Addresses where the model comes out.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter(Problems.FilterAsync).WithTags("Models")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable).ProducesProblem(StatusCodes.Status504GatewayTimeout);
        api.MapGet("/models", (LearnerQueries answers) => TypedResults.Ok(answers.Models()))
            .WithSummary("Which version is the latest, and which were held back and why");
        api.MapGet("/models/latest", LatestAsync)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The latest model's weights as safetensors; its card lies in the file's metadata under 'card'");
        api.MapGet("/models/latest/card", (LearnerQueries answers) => answers.Models().Latest is { } card ? (IResult)TypedResults.Ok(card) : NoModel())
            .Produces<ModelCardResponse>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("What the latest model is: task, version, positions, metrics, calibration");
        api.MapPostOnly("/score", ScoreAsync)
            .Accepts<JsonElement>("application/json").Produces<ScoresResponse>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .WithMetadata(new RequestSizeLimitAttribute(ScoreRequest.MostBytes))
            .WithSummary($"What the latest model says of 1 to {ScoreRequest.Most} examples, a JSON array of what producers send; id and target may be left out. Changes nothing");
    }

    private static async Task<IResult> LatestAsync(LearnerQueries answers, CancellationToken cancellation)
    {
        // By way of a file: weights may be large, and are written as a whole before the first byte leaves.
        var path = Path.Combine(Path.GetTempPath(), $"hnm-{Guid.NewGuid():n}.safetensors");
        try
        {
            if (await answers.WriteLatestAsync(path, cancellation) is not { } card)
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

    private static async Task<IResult> ScoreAsync(JsonElement body, LearnerQueries answers, ExampleDecoder decoder, CancellationToken cancellation) =>
        ScoreRequest.Read(body, decoder, out var problem) is { } examples
            ? TypedResults.Ok(await answers.ScoreAsync(examples, cancellation))
            : TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest);

    private static ProblemHttpResult NoModel() =>
        TypedResults.Problem("no version was promoted yet: the first is judged with the first evaluation on the held-out share", statusCode: StatusCodes.Status404NotFound);
}
