using Akka.Actor;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>
/// The link between the graph and the scorers: sends a batch and waits for its scores. A batch whose scorer fails is retried once.
/// After the second failure the batch continues, in order and marked as failed, so that its offsets still complete.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="versions">In exact mode, the weights that score each batch; null means the newest.</param>
internal sealed class ScoringGateway(IActorRef scorers, TimeSpan timeout, ScoringTimeCounter scoringTime, VersionSchedule? versions = null)
{
    private const int MaxAttempts = 2;

    /// <summary>Scores the batch and returns it, with <see cref="ExampleBatch.Scores"/> or <see cref="ExampleBatch.Failure"/> set.</summary>
    public async Task<ExampleBatch> ScoreAsync(ExampleBatch batch)
    {
        if (batch.ToScore.Count == 0)
            return batch;
        using var version = versions is null ? null : await versions.ForBatchAsync(batch.Number);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            switch (await AskAsync(batch, attempt, version))
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

    private async Task<ScoreReply> AskAsync(ExampleBatch batch, int attempt, ModelSnapshot? version)
    {
        try
        {
            return await scorers.Ask<ScoreReply>(new ScoringRequest(batch, attempt, version), timeout);
        }
        catch (AskTimeoutException)
        {
            // The scorer may still read the rows later, so their memory must not return to the pool.
            batch.Abandon();
            return new ScoreReply.Failed($"No scorer replied within pipeline.scoring.timeout ({timeout}).");
        }
    }
}
