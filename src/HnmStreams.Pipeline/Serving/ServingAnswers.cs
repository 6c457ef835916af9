using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Scoring;
using HnmStreams.Tasks;
using HnmStreams.Torch.Export;

namespace HnmStreams.Pipeline.Serving;

/// <summary>The answers to questions about the model that is served from a folder.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ServingAnswers(IMiningTask task, ServedFolder models, ScoringGateway scoring) : IModelQuestions
{
    /// <inheritdoc/>
    public RegistryStatus Models()
    {
        var card = models.Status.Model;
        return new RegistryStatus(card?.Promotion is not null, card?.Version ?? -1, card, Best: null, []) { Kept = card is null ? [] : [card] };
    }

    /// <inheritdoc/>
    public Task<ModelCard?> WritePromotedAsync(string path, string format = ModelExport.Safetensors, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            if (models.Status.Model is not { } card)
                return null;
            using var model = models.Acquire();
            // A newer version may have replaced that of the card.
            if (model.Snapshot.Version != card.Version)
                return null;
            SavedModelExport.Write(task, model.Snapshot, card, format, path);
            return card;
        },
        cancellation);

    /// <inheritdoc/>
    public Stream? OpenVersion(long version) => models.OpenWeights(version);

    /// <inheritdoc/>
    public Task<Stream?> ExportVersionAsync(long version, string format, CancellationToken cancellation = default) =>
        Task.Run(() => models.OpenWeights(version) is { } weights ? SavedModelExport.Open(task, weights, format) : null, cancellation);

    /// <inheritdoc/>
    public async Task<ScoredExamples> ScoreAsync(IReadOnlyList<Example> examples, CancellationToken cancellation = default)
    {
        using var batch = new ExampleBatch(0, Math.Max(1, examples.Count));
        var encoded = await EncodedExamples.OfAsync(task, examples, batch.UnlabeledRows(), cancellation);
        // Requests take the way of the stream, so that both give the same bits.
        try
        {
            await scoring.ScoreAsync(batch).WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // A scorer may still read the rows.
            batch.Abandon();
            throw;
        }

        return batch.Predictions is { } predictions
            ? encoded.Scored(predictions.Version, predictions.Card, predictions.Outputs)
            : throw new TimeoutException($"The examples could not be scored: {batch.PredictionFailure}");
    }
}
