using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Pipeline.Serving;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.DeadLetters;
using HnmStreams.Web.Persistence;

namespace HnmStreams.Web.Serving;

/// <summary>The answer of <c>GET /api/status</c> of a serving process, and its summary.</summary>
/// <param name="WaitsFor">The reason why it waits (for a model, its broker, its topic or the schema registry); null if it does not wait.</param>
/// <param name="Models">The folder of models and the served version; null while the process starts.</param>
/// <param name="Records">The records of the stream, by outcome.</param>
/// <param name="Latency">The time from arrival to prediction of the records of the stream; null before the first prediction.</param>
/// <param name="Rejections">The reasons for which records were rejected, the most frequent first, with the id of one record each.</param>
/// <param name="Group">The consumer group; null without a stream.</param>
/// <param name="Stream">The consumer; null without a stream.</param>
internal sealed record ServingResponse(
    string Phase,
    string? WaitsFor,
    double Seconds,
    ServedFolderStatus? Models,
    ServeCounts? Records,
    double PredictingSeconds,
    LatencyStatus? Latency,
    IReadOnlyList<RejectionReason> Rejections,
    string? Group,
    StreamResponse? Stream)
{
    public static ServingResponse Of(ServingView view)
    {
        var (status, stream) = (view.Pipeline?.Status, view.Stream);
        return new ServingResponse(
            view.Phase.ToString().ToLowerInvariant(),
            view.WaitsFor,
            view.Elapsed.TotalSeconds,
            status?.Models,
            status?.Records,
            status?.PredictingSeconds ?? 0,
            status?.Latency,
            stream?.DeadLetters.Reasons() ?? [],
            stream?.Group,
            stream is null ? null : StreamResponse.Of(stream.Bootstrap, embedded: false, stream.Topic, feed: null, stream.Consumer()));
    }

    /// <summary>Writes the response as a file, atomically.</summary>
    public void Write(string path) => AtomicFile.Replace(path, JsonSerializer.Serialize(this, ServingJson.Indented.ServingResponse) + "\n");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ServingResponse))]
internal sealed partial class ServingJson : JsonSerializerContext
{
    public static ServingJson Indented { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true });
}
