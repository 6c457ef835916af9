using Akka.Actor;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>
/// Sends a batch to the scorers and waits for the verdict: a batch whose scorer fails is tried once more and then
/// goes on as failed, in its place in the order, so that its offsets still complete.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="versions">In exact mode: which weights score which batch. Null takes the newest.</param>
internal sealed class ScoringGateway(IActorRef scorers, TimeSpan timeout, ScoringClock clock, VersionSchedule? versions = null)
{
    private const int Attempts = 2;

    public async Task<ExampleBatch> ScoreAsync(ExampleBatch batch)
    {
        if (batch.ToScore.Count == 0)
            return batch;
        using var version = versions is null ? null : await versions.ForBatchAsync(batch.Number);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            switch (await AskAsync(batch, attempt, version))
            {
                case ScoreReply.Scored scored:
                    clock.Add(scored.Elapsed);
                    batch.Scores = scored.Scores;
                    batch.Failure = null;
                    return batch;
                case ScoreReply.Failed failed:
                    batch.Failure = failed.Reason;
                    break;
            }
        }

        if (batch.Failure is not null)
            PipelineInstruments.FailedBatches.Add(1);
        return batch;
    }

    private async Task<ScoreReply> AskAsync(ExampleBatch batch, int attempt, ModelSnapshot? version)
    {
        try
        {
            return await scorers.Ask<ScoreReply>(new ScoreRequest(batch, attempt, version), timeout);
        }
        catch (AskTimeoutException)
        {
            // The scorer may wake up later and still read the rows.
            batch.Abandon();
            return new ScoreReply.Failed($"No answer within scoring.timeout ({timeout}).");
        }
    }
}
