using System.Globalization;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>
/// The learner's weights, loaded over HTTP on a separate connection: Akka.Remote has one connection per pair of nodes, on which
/// heartbeats would wait behind them.
/// </summary>
/// <param name="url">The address of the weights, with a slash at the end.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class RemoteWeights(HttpClient client, string url, CancellationToken session) : IVersionSchedule
{
    private const long MaxBytes = int.MaxValue;

    /// <summary>Loads the newest weights, which the caller disposes.</summary>
    /// <exception cref="HttpRequestException">The learner cannot be reached, or refuses.</exception>
    /// <exception cref="InvalidDataException">The answer has no weights.</exception>
    public Task<ModelSnapshot> NewestAsync() => LoadAsync("weights");

    /// <inheritdoc/>
    public Task<ModelSnapshot> ForBatchAsync(long number) => LoadAsync(string.Create(CultureInfo.InvariantCulture, $"weights?batch={number}"));

    private async Task<ModelSnapshot> LoadAsync(string path)
    {
        using var response = await client.GetAsync(new Uri(url + path), HttpCompletionOption.ResponseHeadersRead, session);
        response.EnsureSuccessStatusCode();
        if (!response.Headers.TryGetValues(LearnerEdge.WeightsVersionHeader, out var values) || !long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw new InvalidDataException($"{url}{path} is not the address of a learner's weights: the answer has no header {LearnerEdge.WeightsVersionHeader}.");
        if (response.Content.Headers.ContentLength is null or > MaxBytes)
            throw new InvalidDataException($"The weights must have a length of at most {MaxBytes} bytes.");
        using var bytes = new MemoryStream((int)response.Content.Headers.ContentLength.Value);
        await response.Content.CopyToAsync(bytes, session);
        bytes.Position = 0;
        return new ModelSnapshot(version, SafetensorsFile.Read(bytes, MaxBytes));
    }
}
