using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HnmStreams.Host.Application;
using HnmStreams.Host.Mlflow;
using HnmStreams.Host.Tests.Commands;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Mlflow;

/// <summary>Tests of <c>hnm export --mlflow</c> against a server in the process.</summary>
public sealed class MlflowPushTests
{
    private static readonly string[] Tabular = ["--set", "task.name=tabular", "--set", "task.tabular.features=3", "--set", "task.tabular.hidden=4"];
    private static readonly Dictionary<string, string> Token = new(StringComparer.Ordinal) { [MlflowAddress.Token] = MlflowServer.Token };

    [Fact(Timeout = 120_000)]
    public async Task Registers_a_version_with_its_files_metrics_and_alias()
    {
        using var folder = Model();
        await using var server = await MlflowServer.StartAsync();
        using var test = Context(folder.Path, Token);
        Assert.Equal(ExitCodes.Ok, await test.InvokeAsync(["export", ".", "--mlflow", server.Url, "--name", "fraud", "--experiment", "the stream", "--alias", "champion", .. Tabular]));
        Assert.Contains($"fraud version 1 at {server.Url}/ (run run0)", test.Out.ToString(), StringComparison.Ordinal);
        var run = Assert.Single(server.Runs).Value;
        Assert.Equal(("fraud v7", "FINISHED"), ((string?)run["name"], (string?)run["status"]));
        Assert.Equal("the stream", Assert.Single(server.Experiments).Key);
        Assert.Equal("""{"averagePrecision":0.75,"averagePrecision.a_b_":0.5}""", run["metrics"]!.ToJsonString());
        Assert.Equal("""{"task":"tabular","format":"onnx","primaryMetric":"averagePrecision","version":"7","steps":"90","consumed":"1234"}""", run["params"]!.ToJsonString());
        Assert.Equal(["1/run0/artifacts/model/MLmodel", "1/run0/artifacts/model/model.json", "1/run0/artifacts/model/model.onnx"], server.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(await File.ReadAllBytesAsync(folder["model.onnx"], TestContext.Current.CancellationToken), server.Files["1/run0/artifacts/model/model.onnx"]);
        var flavor = Encoding.UTF8.GetString(server.Files["1/run0/artifacts/model/MLmodel"]);
        Assert.Contains("  python_function:\n    data: model.onnx\n    loader_module: mlflow.onnx\n", flavor, StringComparison.Ordinal);
        Assert.Equal(7, JsonNode.Parse(server.Files["1/run0/artifacts/model/model.json"])!["version"]!.GetValue<int>());
        var version = Assert.Single(server.Models["fraud"]);
        Assert.Equal(("mlflow-artifacts:/1/run0/artifacts/model", "run0", "better than version 5"), ((string?)version["source"], (string?)version["run_id"], (string?)version["description"]));
        Assert.Equal("""[{"key":"hnm.version","value":"7"},{"key":"hnm.task","value":"tabular"}]""", version["tags"]!.ToJsonString());
        Assert.Equal("1", server.Aliases["fraud@champion"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_second_push_adds_a_version_and_weights_need_no_card()
    {
        using var folder = Model();
        File.Delete(folder["model.json"]);
        await using var server = await MlflowServer.StartAsync();
        server.Authorization = "Basic " + Convert.ToBase64String("someone:secret"u8);
        using var test = Context(folder.Path, new Dictionary<string, string>(StringComparer.Ordinal) { [MlflowAddress.User] = "someone", [MlflowAddress.Password] = "secret" });
        for (var i = 0; i < 2; i++)
            Assert.Equal(ExitCodes.Ok, await test.InvokeAsync(["export", ".", "--format", "safetensors", "--output", $"copy{i}", "--mlflow", server.Url + "/", "--name", "fraud", .. Tabular]));
        Assert.Equal(2, server.Models["fraud"].Count);
        Assert.Equal("fraud", Assert.Single(server.Experiments).Key);
        Assert.Equal(["1/run0/artifacts/model/model.safetensors", "1/run1/artifacts/model/model.safetensors"], server.Files.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("secret", test.Out.ToString() + test.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Refused_credentials_are_named_by_their_variables_and_never_shown()
    {
        using var folder = Model();
        await using var server = await MlflowServer.StartAsync();
        using var test = Context(folder.Path, new Dictionary<string, string>(StringComparer.Ordinal) { [MlflowAddress.Token] = "a-wrong-token" });
        Assert.Equal(ExitCodes.Failure, await test.InvokeAsync(["export", ".", "--mlflow", server.Url, "--name", "fraud", .. Tabular]));
        Assert.Contains("answers 401 UNAUTHENTICATED: You are not authenticated. Set MLFLOW_TRACKING_TOKEN", test.Error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-token", test.Out.ToString() + test.Error, StringComparison.Ordinal);
        Assert.Empty(server.Runs);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("s3://bucket/", null, "must store artifacts itself (mlflow-artifacts) but names 's3://bucket/1/run0/artifacts'")]
    [InlineData("mlflow-artifacts://elsewhere.example/", null, "must store artifacts itself")]
    [InlineData("mlflow-artifacts:/", "model-versions", "model-versions/create: the MLflow server")]
    [InlineData("mlflow-artifacts:/", "MLmodel", "the upload of model/MLmodel: the MLflow server")]
    public async Task A_run_whose_push_fails_is_marked_as_failed(string artifacts, string? broken, string message)
    {
        using var folder = Model();
        await using var server = await MlflowServer.StartAsync();
        (server.ArtifactRoot, server.Broken) = (artifacts, broken);
        using var test = Context(folder.Path, Token);
        Assert.Equal(ExitCodes.Failure, await test.InvokeAsync(["export", ".", "--mlflow", server.Url, "--name", "fraud", .. Tabular]));
        Assert.Contains(message, test.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal("FAILED", (string?)Assert.Single(server.Runs).Value["status"]);
        Assert.Empty(server.Models.Values.SelectMany(static versions => versions));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("http://mlflow.example.org", "must be an https address, or on this machine, but is http://mlflow.example.org/")]
    [InlineData("ftp://mlflow.example.org", "is no http or https address")]
    [InlineData("https://user:the-password@mlflow.example.org", "must have no user, query or fragment but has one (host mlflow.example.org)")]
    public async Task Addresses_that_would_expose_credentials_are_refused_before_anything_is_written(string uri, string message)
    {
        using var folder = Model();
        using var test = Context(folder.Path, Token);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync(["export", ".", "--mlflow", uri, "--name", "fraud", .. Tabular]));
        Assert.Contains(message, test.Error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("the-password", test.Error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["model.onnx"]));
    }

    [Fact]
    public void Plain_http_to_another_machine_is_possible_if_it_is_asked_for()
    {
        var address = MlflowAddress.Of("http://mlflow.example.org/prefix", allowsHttp: true, Token);
        Assert.Equal("http://mlflow.example.org/prefix/", address.Uri.AbsoluteUri);
        Assert.DoesNotContain(MlflowServer.Token, address.ToString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("--mlflow", "http://127.0.0.1:1", "'--name' must be set")]
    [InlineData("--name", "fraud", "'--mlflow' must be set")]
    public async Task Options_that_belong_together_are_checked(string option, string value, string message)
    {
        using var folder = Model();
        using var test = Context(folder.Path, Token);
        Assert.Equal(ExitCodes.Usage, await test.InvokeAsync(["export", ".", option, value, .. Tabular]));
        Assert.Contains(message, test.Error.ToString(), StringComparison.Ordinal);
    }

    private static TestContexts Context(string folder, IReadOnlyDictionary<string, string> environment) => new(folder, programFolder: AppContext.BaseDirectory, environment: environment);

    private static TemporaryFolder Model()
    {
        var folder = new TemporaryFolder();
        SavedTabularModel.Write(folder["model.safetensors"]);
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal) { ["averagePrecision"] = 0.75, ["averagePrecision.a?b*"] = 0.5 };
        var card = new ModelCard("tabular", 7, DateTimeOffset.UnixEpoch.AddDays(20_000), 90, 1_234, metrics, [], Promotion: "better than version 5");
        File.WriteAllText(folder["model.json"], JsonSerializer.Serialize(card, JsonSerializerOptions.Web));
        return folder;
    }
}
