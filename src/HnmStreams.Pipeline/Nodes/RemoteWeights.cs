using System.Globalization;
using System.Net;
using System.Text.Json;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Flow.Promotion;
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

    /// <summary>Loads the promoted weights with their card, which the caller disposes. Null before the first promotion.</summary>
    /// <inheritdoc cref="NewestAsync"/>
    public async Task<ServedModel?> PromotedAsync()
    {
        const string path = "weights/promoted";
        using var response = await client.GetAsync(new Uri(url + path), HttpCompletionOption.ResponseHeadersRead, session);
        if (response.StatusCode == HttpStatusCode.NoContent)
            return null;
        response.EnsureSuccessStatusCode();
        var card = ReadCard(response);
        return new ServedModel(await ReadAsync(path, response), card);
    }

    private static ModelCard ReadCard(HttpResponseMessage response)
    {
        try
        {
            return response.Headers.TryGetValues(LearnerEdge.ModelCardHeader, out var values) && JsonSerializer.Deserialize<ModelCard>(values.First()) is { } card
                ? card
                : throw new InvalidDataException("The promoted weights have no card.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The card of the promoted weights cannot be read: {e.Message}", e);
        }
    }

    private async Task<ModelSnapshot> LoadAsync(string path)
    {
        using var response = await client.GetAsync(new Uri(url + path), HttpCompletionOption.ResponseHeadersRead, session);
        response.EnsureSuccessStatusCode();
        return await ReadAsync(path, response);
    }

    private async Task<ModelSnapshot> ReadAsync(string path, HttpResponseMessage response)
    {
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
