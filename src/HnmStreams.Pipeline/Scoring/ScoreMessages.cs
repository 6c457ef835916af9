using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>A request to score the selected rows of a batch. The scorer answers every request with a <see cref="ScoreReply"/>.</summary>
/// <param name="Attempt">0 for the first attempt.</param>
/// <param name="Version">The weights to score with, which the sender keeps alive until the reply; null means the newest.</param>
internal sealed record ScoringRequest(ExampleBatch Batch, int Attempt, ModelSnapshot? Version);

/// <summary>A request for predictions of the unlabeled rows of a batch. The scorer answers every request with a <see cref="ScoreReply"/>.</summary>
/// <param name="Model">The version to predict with. The scorer takes its own reference.</param>
internal sealed record PredictionRequest(ExampleBatch Batch, ServedModel Model);

/// <summary>The reply to a <see cref="ScoringRequest"/> or a <see cref="PredictionRequest"/>: scores or predictions, or the reason for the failure.</summary>
internal abstract record ScoreReply
{
    private ScoreReply()
    {
    }

    /// <param name="Elapsed">Compute time on the lane, without the time spent waiting for it.</param>
    internal sealed record Scored(BatchScores Scores, TimeSpan Elapsed) : ScoreReply;

    /// <param name="Elapsed">Compute time on the lane, without the time spent waiting for it.</param>
    internal sealed record Predicted(BatchPredictions Predictions, TimeSpan Elapsed) : ScoreReply;

    internal sealed record Failed(string Reason) : ScoreReply;
}
