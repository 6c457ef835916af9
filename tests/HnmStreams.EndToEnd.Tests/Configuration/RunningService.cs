using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>The service on its synthetic stream, with baselines and checkpoints, so that it exports all of its metrics.</summary>
public sealed class RunningService : IAsyncLifetime
{
    /// <summary>Metrics that appear only after the first error, because the error code is a label, and those of streams whose labels come later.</summary>
    private static readonly string[] SporadicMetrics = ["hnm_kafka_client_errors_total", "hnm_predict_latency_seconds_bucket"];

    private readonly TemporaryFolder _folder = new();

    internal HnmProcess Process { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    /// <summary>The prefixes of metrics of several processes for one learner.</summary>
    private static readonly string[] ClusterPrefixes = ["hnm_cluster_", "hnm_node_"];

    /// <summary>Returns true if one healthy process may not export the metric.</summary>
    internal static bool IsSporadic(string name) =>
        SporadicMetrics.Contains(name, StringComparer.Ordinal) || Array.Exists(ClusterPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        Process = HnmProcess.Start(
            "run", "--set", "http.urls=http://127.0.0.1:0", "--set", "models.folder=null", "--set", "run.reportEvery=200ms",
            "--set", "pipeline.checkpointing.every=500ms", "--set", "pipeline.baselines.enabled=true", "--set", "pipeline.evaluation.interval=500ms",
            "--checkpoints", _folder["state"]);
        await Process.LineAsync("steps 1");
        Http = await Process.HttpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
        _folder.Dispose();
    }
}
