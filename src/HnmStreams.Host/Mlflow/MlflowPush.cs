using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Torch.Export;

namespace HnmStreams.Host.Mlflow;

/// <summary>The model to push.</summary>
/// <param name="Name">The name in the registry.</param>
/// <param name="Experiment">The experiment of the run.</param>
/// <param name="Alias">The alias that the new version gets; null for none.</param>
/// <param name="File">The exported file.</param>
/// <param name="Format">Its format.</param>
/// <param name="Card">The card of the saved version; null if it has none.</param>
internal sealed record PushedModel(string Name, string Experiment, string? Alias, string File, string Format, ModelCard? Card);

/// <summary>The registration of an exported model: a run with its held-out metrics and files, and a version of a registered model that refers to them.</summary>
/// <remarks>If a step fails, the run is marked as failed and no version is created.</remarks>
internal sealed partial class MlflowPush(MlflowClient client, TimeProvider time)
{
    private const string Folder = "model";
    private const string AlreadyExists = "RESOURCE_ALREADY_EXISTS";
    private const string DoesNotExist = "RESOURCE_DOES_NOT_EXIST";

    // The limit of log-batch.
    private const int MaxMetricsPerRequest = 1_000;

    /// <returns>The number of the new version and the id of the run.</returns>
    /// <exception cref="MlflowException">The server is not reached or refuses a request.</exception>
    public async Task<(string Version, string Run)> RunAsync(PushedModel model, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellation)
    {
        var created = await client.PostAsync("runs/create", new JsonObject
        {
            ["experiment_id"] = await ExperimentAsync(model.Experiment, cancellation),
            ["run_name"] = model.Card is { } card ? string.Create(CultureInfo.InvariantCulture, $"{model.Name} v{card.Version}") : model.Name,
            ["start_time"] = Now(),
        }, cancellation);
        var run = Text(created, "run", "info", "run_id");
        try
        {
            await LogAsync(run, model, parameters, cancellation);
            var artifacts = Text(created, "run", "info", "artifact_uri");
            await UploadAsync(artifacts, run, model, cancellation);
            await EndAsync(run, "FINISHED", cancellation);
            return (await RegisterAsync(model, run, $"{artifacts.TrimEnd('/')}/{Folder}", cancellation), run);
        }
        catch
        {
            await TryEndAsync(run);
            throw;
        }
    }

    private async Task<string> ExperimentAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return Text(await client.GetAsync("experiments/get-by-name", $"experiment_name={Uri.EscapeDataString(name)}", cancellation), "experiment", "experiment_id");
        }
        catch (MlflowException e) when (e.Code == DoesNotExist)
        {
            return Text(await client.PostAsync("experiments/create", new JsonObject { ["name"] = name }, cancellation), "experiment_id");
        }
    }

    private async Task LogAsync(string run, PushedModel model, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellation)
    {
        var metrics = (model.Card?.HeldOut ?? new Dictionary<string, double>(StringComparer.Ordinal)).Where(static m => double.IsFinite(m.Value)).Select(metric => (JsonNode)new JsonObject
        {
            ["key"] = NotAllowed().Replace(metric.Key, "_"),
            ["value"] = metric.Value,
            ["timestamp"] = model.Card!.CreatedAt.ToUnixTimeMilliseconds(),
            ["step"] = model.Card.Steps,
        });
        var values = parameters.Select(static p => (JsonNode)new JsonObject { ["key"] = p.Key, ["value"] = p.Value });
        await client.PostAsync("runs/log-batch", new JsonObject { ["run_id"] = run, ["params"] = new JsonArray([.. values]) }, cancellation);
        foreach (var part in metrics.Chunk(MaxMetricsPerRequest))
            await client.PostAsync("runs/log-batch", new JsonObject { ["run_id"] = run, ["metrics"] = new JsonArray(part) }, cancellation);
    }

    private async Task UploadAsync(string artifacts, string run, PushedModel model, CancellationToken cancellation)
    {
        var file = $"model.{ModelExport.Extension(model.Format)}";
        await using (var content = File.OpenRead(model.File))
            await client.UploadAsync(artifacts, $"{Folder}/{file}", content, cancellation);
        if (model.Card is { } card)
            await UploadTextAsync("model.json", JsonSerializer.Serialize(card, JsonSerializerOptions.Web));
        if (model.Format == ModelExport.Onnx)
            await UploadTextAsync("MLmodel", OnnxFlavor(file, run));

        async Task UploadTextAsync(string name, string text)
        {
            using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
            await client.UploadAsync(artifacts, $"{Folder}/{name}", content, cancellation);
        }
    }

    private async Task<string> RegisterAsync(PushedModel model, string run, string source, CancellationToken cancellation)
    {
        try
        {
            await client.PostAsync("registered-models/create", new JsonObject { ["name"] = model.Name }, cancellation);
        }
        catch (MlflowException e) when (e.Code == AlreadyExists)
        {
            // A further version of this model.
        }

        var request = new JsonObject { ["name"] = model.Name, ["source"] = source, ["run_id"] = run };
        if (model.Card is { } card)
        {
            request["tags"] = new JsonArray(
                new JsonObject { ["key"] = "hnm.version", ["value"] = card.Version.ToString(CultureInfo.InvariantCulture) },
                new JsonObject { ["key"] = "hnm.task", ["value"] = card.Task });
            if (card.Promotion is { } promotion)
                request["description"] = promotion;
        }

        var version = Text(await client.PostAsync("model-versions/create", request, cancellation), "model_version", "version");
        if (model.Alias is { } alias)
            await client.PostAsync("registered-models/alias", new JsonObject { ["name"] = model.Name, ["alias"] = alias, ["version"] = version }, cancellation);
        return version;
    }

    private Task<JsonObject> EndAsync(string run, string status, CancellationToken cancellation) =>
        client.PostAsync("runs/update", new JsonObject { ["run_id"] = run, ["status"] = status, ["end_time"] = Now() }, cancellation);

    private async Task TryEndAsync(string run)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10), time);
        try
        {
            await EndAsync(run, "FAILED", timeout.Token);
        }
        catch (Exception e) when (e is MlflowException or OperationCanceledException)
        {
            // The first failure is reported.
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    // The file that mlflow.onnx and mlflow.pyfunc read. The version of onnx is the first that reads the written opset.
    private string OnnxFlavor(string file, string run) => string.Create(CultureInfo.InvariantCulture, $"""
        artifact_path: {Folder}
        flavors:
          onnx:
            code: null
            data: {file}
            onnx_version: 1.14.0
            providers:
            - CPUExecutionProvider
          python_function:
            data: {file}
            loader_module: mlflow.onnx
        run_id: {run}
        utc_time_created: '{time.GetUtcNow():yyyy-MM-dd HH:mm:ss.ffffff}'

        """);

    private static string Text(JsonObject answer, params string[] path)
    {
        JsonNode? node = answer;
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node?.ToString() is { Length: > 0 } text ? text : throw new MlflowException($"The MLflow server's answer has no '{string.Join('.', path)}'. Check that the address is that of an MLflow server of version 2 or newer.");
    }

    // Names of metrics may have letters, digits and these signs.
    [GeneratedRegex(@"[^\w\-. /]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NotAllowed();
}
