using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Pipeline.Nodes;
using HnmStreams.Web.Persistence;

namespace HnmStreams.Web.Nodes;

/// <summary>The answer of <c>GET /api/status</c> of a score node, and its summary.</summary>
/// <param name="WaitsFor">The reason why it does not score; null if it does.</param>
/// <param name="Node">The node; null while the process starts.</param>
internal sealed record NodeResponse(string? WaitsFor, double Seconds, ScoreNodeStatus? Node)
{
    public static NodeResponse Of(NodeView view) => new(view.WaitsFor, view.Elapsed.TotalSeconds, view.Status);

    /// <summary>Writes the response as a file, atomically.</summary>
    public void Write(string path) => AtomicFile.Replace(path, JsonSerializer.Serialize(this, NodeJson.Indented.NodeResponse) + "\n");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NodeResponse))]
internal sealed partial class NodeJson : JsonSerializerContext
{
    public static NodeJson Indented { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true });
}
