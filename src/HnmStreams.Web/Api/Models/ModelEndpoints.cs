using System.Globalization;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Torch.Export;
using HnmStreams.Web.Api.Description;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace HnmStreams.Web.Api.Models;

/// <summary>Endpoints of the model: the registry, the promoted version's weights and card, and scoring.</summary>
internal static class ModelEndpoints
{
    // A request occupies one of few places while its body arrives.
    private static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(30);

    public static void MapModels(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter(Problems.FilterAsync).WithTags("Models")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable).ProducesProblem(StatusCodes.Status504GatewayTimeout);
        api.MapGet("/models", (ModelQueries queries) => TypedResults.Ok(queries.Models()))
            .WithName("getModels")
            .WithSummary("Returns the promoted version, and the promotion decisions with their reasons.");
        api.MapGet("/models/promoted", PromotedAsync)
            .RequireRateLimiting(ConcurrencyLimits.Downloads).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getPromotedModel")
            .WithSummary("Returns the promoted model's weights in the safetensors format, with the model card in the metadata entry 'card'.");
        api.MapGet("/models/{version}", VersionAsync)
            .RequireRateLimiting(ConcurrencyLimits.Downloads).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getModel")
            .WithSummary("Returns a kept version: its weights as safetensors with its card in the metadata entry 'card', or with format=onnx or format=torchscript the network with its weights. GET /api/models lists the kept versions.");
        api.MapGet("/models/promoted/card", (ModelQueries queries) => queries.Models().Promoted is { } card ? (IResult)TypedResults.Ok(card) : NoModel())
            .Produces<ModelCard>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithName("getPromotedModelCard")
            .WithSummary("Returns the promoted model's card: task, version, positions, metrics and calibration.");
        api.MapPostOnly("/score", ScoreAsync)
            .Accepts<ScoreExample[]>("application/json").Produces<ScoresResponse>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .RequireRateLimiting(ConcurrencyLimits.Scoring).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithRequestSchema<ScoreExample[]>()
            .WithMetadata(new RequestSizeLimitAttribute(ScoreRequest.MaxBytes))
            .WithName("score")
            .WithSummary($"Scores 1 to {ScoreRequest.MaxExamples} examples with the promoted model. The body is a JSON array of examples in the format of the stream; id and target are optional. Changes nothing.");
    }

    private static async Task<IResult> PromotedAsync(ModelDownloads downloads, CancellationToken cancellation) =>
        await downloads.OpenAsync(cancellation) is var (card, weights)
            ? TypedResults.Stream(weights, "application/octet-stream", string.Create(CultureInfo.InvariantCulture, $"{card.Task}-v{card.Version:D8}.safetensors"))
            : NoModel();

    private static async Task<IResult> VersionAsync(string version, string? format, ModelQueries queries, CancellationToken cancellation)
    {
        var number = QueryParameter.Version(version);
        var kind = QueryParameter.ModelFormat(format);
        try
        {
            var model = string.Equals(kind, ModelExport.Safetensors, StringComparison.Ordinal) ? queries.OpenVersion(number) : await queries.ExportVersionAsync(number, kind, cancellation);
            return model is not null
                ? TypedResults.Stream(model, "application/octet-stream", string.Create(CultureInfo.InvariantCulture, $"v{number:D8}.{ModelExport.Extension(kind)}"))
                : Problems.NoVersion(number);
        }
        catch (NotSupportedException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> ScoreAsync(HttpRequest request, ModelQueries queries, ExampleDecoder decoder, TimeProvider time, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
            return TypedResults.Problem("The content type must be application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        ReadOnlyMemory<byte> body;
        using var deadline = new CancellationTokenSource(BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            body = await ScoreRequest.ReadBodyAsync(request.Body, either.Token);
        }
        catch (BadHttpRequestException e)
        {
            return TypedResults.Problem(e.Message, statusCode: e.StatusCode);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return TypedResults.Problem($"The body must arrive within {BodyTimeout.TotalSeconds} seconds.", statusCode: StatusCodes.Status408RequestTimeout);
        }

        return ScoreRequest.Read(body, decoder, out var problem) is { } examples
            ? TypedResults.Ok(await queries.ScoreAsync(examples, cancellation))
            : TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest);
    }

    private static ProblemHttpResult NoModel() =>
        TypedResults.Problem("No version is promoted yet. The first promotion decision follows the first evaluation on held-out examples.", statusCode: StatusCodes.Status404NotFound);
}
