using Akka.Actor;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>
/// The link between the graph and the scorers: sends a batch and waits for its scores. A batch whose scorer fails is retried once.
/// After the second failure the batch continues, in order and marked as failed, so that its offsets still complete.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="served">The version that predicts unlabeled examples; null if there are none.</param>
/// <param name="versions">In exact mode, the weights that score each batch; null means the newest.</param>
internal sealed class ScoringGateway(IActorRef scorers, TimeSpan timeout, ScoringTimeCounter scoringTime, IServedModels? served, IVersionSchedule? versions = null)
{
    private const int MaxAttempts = 2;

    private int _requests;

    /// <summary>The number of requests that the scorers have now.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>
    /// Scores the batch and returns it, with <see cref="ExampleBatch.Scores"/> or <see cref="ExampleBatch.Failure"/> set, and predicts its
    /// unlabeled examples, with <see cref="ExampleBatch.Predictions"/> or <see cref="ExampleBatch.PredictionFailure"/> set.
    /// </summary>
    public Task<ExampleBatch> ScoreAsync(ExampleBatch batch) =>
        batch.Unlabeled is null ? ScoreLabeledAsync(batch) : PredictAndScoreAsync(batch);

    private async Task<ExampleBatch> PredictAndScoreAsync(ExampleBatch batch)
    {
        // Both at once: a batch with both kinds of examples may use two scorers.
        var predicting = PredictAsync(batch);
        await ScoreLabeledAsync(batch);
        await predicting;
        return batch;
    }

    private async Task PredictAsync(ExampleBatch batch)
    {
        // Acquired in the order of the batches, and once per batch: a promotion takes effect between two of them.
        using var model = (served ?? throw new InvalidOperationException("No model is served.")).Acquire();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            switch (await AskAsync(batch, new PredictionRequest(batch, model)))
            {
                case ScoreReply.Predicted predicted:
                    scoringTime.AddPredicting(predicted.Elapsed);
                    batch.Predictions = predicted.Predictions;
                    batch.PredictionFailure = null;
                    return;
                case ScoreReply.Failed failed:
                    batch.PredictionFailure = failed.Reason;
                    break;
            }
        }
    }

    private async Task<ExampleBatch> ScoreLabeledAsync(ExampleBatch batch)
    {
        if (batch.ToScore.Count == 0)
            return batch;
        using var version = versions is null ? null : await versions.ForBatchAsync(batch.Number);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            switch (await AskAsync(batch, new ScoringRequest(batch, attempt, version)))
            {
                case ScoreReply.Scored scored:
                    scoringTime.Add(scored.Elapsed);
                    batch.Scores = scored.Scores;
                    batch.Failure = null;
                    return batch;
                case ScoreReply.Failed failed:
                    batch.Failure = failed.Reason;
                    break;
            }
        }

        return batch;
    }

    private async Task<ScoreReply> AskAsync(ExampleBatch batch, object request)
    {
        Interlocked.Increment(ref _requests);
        try
        {
            return await scorers.Ask<ScoreReply>(request, timeout);
        }
        catch (AskTimeoutException)
        {
            // The scorer may still read the rows later, so their memory must not return to the pool.
            batch.Abandon();
            return new ScoreReply.Failed($"No scorer replied within pipeline.scoring.timeout ({timeout}).");
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
        }
    }
}
