using System.Text.Json.Nodes;
using HnmStreams.Benchmarks.Throughput;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>A model of the benchmark of a cluster, with the settings of its task.</summary>
/// <param name="Model">The stream of its examples.</param>
/// <param name="Settings">The settings of task and learner.</param>
internal sealed record ClusterModel(BenchmarkModel Model, JsonObject Settings)
{
    /// <summary>Returns the model of a name: <c>cnn</c> or <c>light</c>.</summary>
    public static ClusterModel Of(string name) => string.Equals(name, BenchmarkModel.Light.Name, StringComparison.Ordinal)
        ? new ClusterModel(BenchmarkModel.Light, new JsonObject
        {
            ["task"] = new JsonObject { ["name"] = "tabular", ["tabular"] = new JsonObject { ["features"] = 30, ["hidden"] = new JsonArray(64, 64), ["standardize"] = false } },
        })
        : new ClusterModel(BenchmarkModel.Convolutional, new JsonObject
        {
            ["task"] = new JsonObject { ["name"] = "images", ["images"] = new JsonObject { ["height"] = 28, ["width"] = 28, ["channels"] = 1, ["labels"] = new JsonArray("other", "ring"), ["positive"] = "ring" } },
        });

    /// <summary>Writes the settings as a task file.</summary>
    /// <returns>The path of the file.</returns>
    public async Task<string> WriteAsync(string folder, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, $"{Model.Name}.json");
        await File.WriteAllTextAsync(file, Settings.ToJsonString(), cancellation);
        return file;
    }
}
