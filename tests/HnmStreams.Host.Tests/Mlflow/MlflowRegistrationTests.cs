using System.Collections.Concurrent;
using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Mlflow;
using HnmStreams.Testing.Learner;
using HnmStreams.Torch.Export;
using HnmStreams.Web.Monitoring;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Host.Tests.Mlflow;

/// <summary>Tests of <c>models.mlflow</c> against a server in the process.</summary>
public sealed class MlflowRegistrationTests
{
    private static readonly Dictionary<string, string> Environment = new(StringComparer.Ordinal) { [MlflowAddress.Token] = MlflowServer.Token };
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-01-02T03:04:05Z", CultureInfo.InvariantCulture));
    private readonly LogLines _logs = new();
    private readonly CannedQuestions _questions = new();

    [Fact(Timeout = 60_000)]
    public async Task The_served_version_is_registered_once_and_another_one_after_the_interval()
    {
        await using var server = await MlflowServer.StartAsync();
        using var registration = Registration(server.Url);
        await RegisterAsync(registration, times: 3);
        Assert.Equal("7", Tag(server, 0));
        Assert.Equal("1", server.Aliases["fraud@champion"]);
        Assert.Equal([1, 2, 3], server.Files["1/run0/artifacts/model/model.safetensors"]);
        Assert.Equal("averagePrecision", (string?)Assert.Single(server.Runs).Value["params"]!["primaryMetric"]);
        Assert.Contains("Version 7 is registered as fraud version 1", Assert.Single(_logs.All), StringComparison.Ordinal);

        await _questions.PinVersionAsync(5, TestContext.Current.CancellationToken);
        await RegisterAsync(registration, times: 1);
        Assert.Single(server.Models["fraud"]);
        _time.Advance(TimeSpan.FromMinutes(10));
        await RegisterAsync(registration, times: 2);
        Assert.Equal(2, server.Models["fraud"].Count);
        Assert.Equal("5", Tag(server, 1));
        Assert.Equal("2", server.Aliases["fraud@champion"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_failure_is_logged_without_credentials_and_repeated_after_growing_delays()
    {
        await using var server = await MlflowServer.StartAsync();
        server.Broken = "model-versions";
        using var registration = Registration(server.Url);
        await RegisterAsync(registration, times: 2);
        _time.Advance(TimeSpan.FromSeconds(10));
        await RegisterAsync(registration, times: 2);
        Assert.Equal(["FAILED", "FAILED"], server.Runs.Values.Select(static run => (string?)run["status"]));
        Assert.Equal([10, 20], _logs.All.Select(static line => line.EndsWith("follows in 10 s. Learning continues.", StringComparison.Ordinal) ? 10 : line.EndsWith("follows in 20 s. Learning continues.", StringComparison.Ordinal) ? 20 : 0));
        Assert.All(_logs.All, static line => Assert.StartsWith("Warning: The served version cannot be registered as fraud at", line, StringComparison.Ordinal));

        server.Broken = null;
        _time.Advance(TimeSpan.FromSeconds(20));
        await RegisterAsync(registration, times: 1);
        Assert.Single(server.Models["fraud"]);
        Assert.DoesNotContain(_logs.All, static line => line.Contains(MlflowServer.Token, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_is_not_there_is_a_warning()
    {
        using var registration = Registration("http://127.0.0.1:1");
        await RegisterAsync(registration, times: 2);
        Assert.Contains("the MLflow server at http://127.0.0.1:1/ cannot be reached", Assert.Single(_logs.All), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_registered_before_the_learner_has_started()
    {
        await using var server = await MlflowServer.StartAsync();
        using var registration = Registration(server.Url, new LearnerView(_time));
        await RegisterAsync(registration, times: 1);
        Assert.Empty(server.Requests);
        Assert.Empty(_logs.All);
    }

    [Fact]
    public void An_address_that_would_expose_credentials_is_refused_by_its_setting()
    {
        Assert.Null(MlflowRegistry.Of(new MlflowRegistryOptions(), Environment));
        var error = Assert.Throws<SettingsException>(() => MlflowRegistry.Of(new MlflowRegistryOptions { Uri = "http://mlflow.example.org", Name = "fraud" }, Environment));
        Assert.Contains("'models.mlflow.uri' must be an https address, or on this machine, but is http://mlflow.example.org/: weights and credentials would be sent unencrypted. Use https, or add models.mlflow.allowHttp=true.", error.Message, StringComparison.Ordinal);
    }

    private MlflowRegistration Registration(string uri, LearnerView? view = null)
    {
        var options = new HnmOptions();
        options.Models.Mlflow = new MlflowRegistryOptions { Uri = uri, Name = "fraud", Alias = "champion", Format = ModelExport.Safetensors };
        return new MlflowRegistration(view ?? RunStates.View(_time, questions: _questions), MlflowRegistry.Of(options.Models.Mlflow, Environment)!, options, _time, _logs);
    }

    private static async Task RegisterAsync(MlflowRegistration registration, int times)
    {
        for (var i = 0; i < times; i++)
            await registration.RegisterIfDueAsync(TestContext.Current.CancellationToken);
    }

    private static string? Tag(MlflowServer server, int version) => (string?)server.Models["fraud"][version]["tags"]![0]!["value"];

    private sealed class LogLines : ILogger<MlflowRegistration>
    {
        public ConcurrentQueue<string> All { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}
