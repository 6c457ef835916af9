using HnmStreams.Configuration.Sections;
using HnmStreams.Web.Api;
using HnmStreams.Web.Api.Models;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Operating;

namespace HnmStreams.Web.Serving;

/// <summary>Registration of the API and the health checks of a serving process. It has no page.</summary>
internal static class ServingSetup
{
    /// <param name="labelName">Returns the name of a label of the task.</param>
    public static void AddServing(this IServiceCollection services, HttpOptions http, Func<int, string> labelName)
    {
        services.AddWebServer(http);
        services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ServingJson.Default));
        services.AddHealthChecks()
            .AddCheck<ServingIsLive>(ServingIsLive.Name)
            .AddCheck<ServingIsReady>(ServingIsReady.Name);
        services.AddSingleton(s => new ModelQueries(() => s.GetRequiredService<ServingView>().Pipeline is { } pipeline
            ? new ModelSource(pipeline.Questions, labelName)
            : throw new NoLearnerException(Monitoring.RunPhase.Starting)));
    }

    /// <summary>Maps all routes except <c>/metrics</c>, which the telemetry maps.</summary>
    public static void MapServing(this WebApplication app)
    {
        app.UseWebServer();
        app.MapHealthChecks("/healthz/live", WebSetup.WithCheck(ServingIsLive.Name));
        app.MapHealthChecks("/healthz/ready", WebSetup.WithCheck(ServingIsReady.Name));
        app.MapOpenApi();
        app.MapModels();
        var api = app.MapGroup("/api").AddEndpointFilter(Problems.FilterAsync).WithTags("Serving");
        api.MapGet("/status", (ServingView view) => TypedResults.Ok(ServingResponse.Of(view)))
            .WithName("getStatus")
            .WithSummary("Returns the served version, the records of the stream by outcome, and the time from arrival to prediction.");
        api.MapGet("/dead-letters", (ServingView view) => TypedResults.Ok(DeadLettersResponse.Of(view.Stream?.DeadLetters)))
            .WithName("getDeadLetters")
            .WithSummary("Returns the most recent dead letters, and the counts by reason.");
    }
}
