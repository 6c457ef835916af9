using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Host.Tests.Mlflow;

/// <summary>The calls of MLflow's REST API that the push uses, by its documentation, with everything in memory. Requests without the right credentials are refused.</summary>
internal sealed class MlflowServer : IAsyncDisposable
{
    public const string Token = "the-token-of-the-test";
    private const string Api = "/api/2.0/mlflow/";
    private const string Artifacts = "/api/2.0/mlflow-artifacts/artifacts/";

    private readonly WebApplication _application;

    private MlflowServer(WebApplication application)
    {
        _application = application;
        application.Run(HandleAsync);
    }

    public string Url => _application.Urls.Single();

    /// <summary>The header that requests must have.</summary>
    public string Authorization { get; set; } = $"Bearer {Token}";

    /// <summary>The start of the artifact URIs of runs.</summary>
    public string ArtifactRoot { get; set; } = "mlflow-artifacts:/";

    /// <summary>A part of a request's path that is answered with status 500.</summary>
    public string? Broken { get; set; }

    public ConcurrentDictionary<string, string> Experiments { get; } = new();

    public ConcurrentDictionary<string, JsonObject> Runs { get; } = new();

    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    public ConcurrentDictionary<string, List<JsonObject>> Models { get; } = new();

    public ConcurrentDictionary<string, string> Aliases { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = [];

    public static async Task<MlflowServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new MlflowServer(builder.Build());
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var (request, path) = (context.Request, context.Request.Path.Value!);
        Requests.Enqueue($"{request.Method} {path}");
        if (request.Headers.Authorization.ToString() != Authorization)
            await AnswerAsync(context, 401, Error("UNAUTHENTICATED", "You are not authenticated."));
        else if (Broken is { } broken && path.Contains(broken, StringComparison.Ordinal))
            await AnswerAsync(context, 500, Error("INTERNAL_ERROR", "The test breaks this call."));
        else if (path.StartsWith(Artifacts, StringComparison.Ordinal) && HttpMethods.IsPut(request.Method))
            await StoreAsync(context, path[Artifacts.Length..]);
        else if (path == $"{Api}experiments/get-by-name" && HttpMethods.IsGet(request.Method))
            await GetExperimentAsync(context, request.Query["experiment_name"].ToString());
        else if (path.StartsWith(Api, StringComparison.Ordinal) && HttpMethods.IsPost(request.Method))
            await PostAsync(context, path[Api.Length..], (JsonObject)(await JsonNode.ParseAsync(request.Body))!);
        else
            await AnswerAsync(context, 404, []);
    }

    private async Task StoreAsync(HttpContext context, string path)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Files[path] = body.ToArray();
        await AnswerAsync(context, 200, []);
    }

    private Task GetExperimentAsync(HttpContext context, string name) => Experiments.TryGetValue(name, out var id)
        ? AnswerAsync(context, 200, new JsonObject { ["experiment"] = new JsonObject { ["experiment_id"] = id, ["name"] = name } })
        : AnswerAsync(context, 404, Error("RESOURCE_DOES_NOT_EXIST", $"Could not find experiment with name '{name}'"));

    private Task PostAsync(HttpContext context, string method, JsonObject body) => method switch
    {
        "experiments/create" => AnswerAsync(context, 200, new JsonObject { ["experiment_id"] = Experiments.GetOrAdd(Text(body, "name"), $"{Experiments.Count + 1}") }),
        "runs/create" => CreateRunAsync(context, body),
        "runs/log-batch" => LogAsync(context, body),
        "runs/update" => UpdateAsync(context, body),
        "registered-models/create" => Models.TryAdd(Text(body, "name"), [])
            ? AnswerAsync(context, 200, new JsonObject { ["registered_model"] = new JsonObject { ["name"] = Text(body, "name") } })
            : AnswerAsync(context, 400, Error("RESOURCE_ALREADY_EXISTS", "Registered Model already exists.")),
        "registered-models/alias" => AliasAsync(context, body),
        "model-versions/create" => CreateVersionAsync(context, body),
        _ => AnswerAsync(context, 404, []),
    };

    private Task CreateRunAsync(HttpContext context, JsonObject body)
    {
        var (experiment, id) = (Text(body, "experiment_id"), $"run{Runs.Count}");
        if (!Experiments.Values.Contains(experiment) || body["start_time"]!.GetValue<long>() < 1_000_000_000_000)
            return AnswerAsync(context, 400, Error("INVALID_PARAMETER_VALUE", "no such experiment, or no time"));
        Runs[id] = new JsonObject { ["name"] = Text(body, "run_name"), ["status"] = "RUNNING", ["metrics"] = new JsonObject(), ["params"] = new JsonObject() };
        return AnswerAsync(context, 200, new JsonObject { ["run"] = new JsonObject { ["info"] = new JsonObject { ["run_id"] = id, ["artifact_uri"] = $"{ArtifactRoot}{experiment}/{id}/artifacts" } } });
    }

    private Task LogAsync(HttpContext context, JsonObject body)
    {
        var run = Runs[Text(body, "run_id")];
        foreach (var metric in (body["metrics"] as JsonArray) ?? [])
        {
            // As MLflow: letters, digits, and _ - . space / only.
            if (Text(metric, "key").Any(static c => !char.IsLetterOrDigit(c) && !"_-. /".Contains(c)) || metric!["timestamp"]!.GetValue<long>() <= 0 || metric["step"] is null)
                return AnswerAsync(context, 400, Error("INVALID_PARAMETER_VALUE", $"Invalid metric name: '{Text(metric, "key")}'"));
            run["metrics"]![Text(metric, "key")] = metric["value"]!.GetValue<double>();
        }

        foreach (var parameter in (body["params"] as JsonArray) ?? [])
            run["params"]![Text(parameter, "key")] = Text(parameter, "value");
        return AnswerAsync(context, 200, []);
    }

    private Task UpdateAsync(HttpContext context, JsonObject body)
    {
        Runs[Text(body, "run_id")]["status"] = Text(body, "status");
        return AnswerAsync(context, 200, []);
    }

    private Task CreateVersionAsync(HttpContext context, JsonObject body)
    {
        if (!Models.TryGetValue(Text(body, "name"), out var versions))
            return AnswerAsync(context, 404, Error("RESOURCE_DOES_NOT_EXIST", "Registered Model not found"));
        lock (versions)
        {
            versions.Add(body);
            return AnswerAsync(context, 200, new JsonObject { ["model_version"] = new JsonObject { ["name"] = Text(body, "name"), ["version"] = $"{versions.Count}" } });
        }
    }

    private Task AliasAsync(HttpContext context, JsonObject body)
    {
        Aliases[$"{Text(body, "name")}@{Text(body, "alias")}"] = Text(body, "version");
        return AnswerAsync(context, 200, []);
    }

    private static string Text(JsonNode? node, string name) => node![name]!.GetValue<string>();

    private static JsonObject Error(string code, string message) => new() { ["error_code"] = code, ["message"] = message };

    private static Task AnswerAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
