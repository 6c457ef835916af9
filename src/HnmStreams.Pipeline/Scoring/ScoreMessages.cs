using HnmStreams.Pipeline.Flow;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>Asks a scorer for the scores of a batch's chosen rows.</summary>
/// <param name="Version">The weights to score with, alive until the answer; null takes the newest.</param>
internal sealed record ScoreRequest(ExampleBatch Batch, int Attempt, ModelSnapshot? Version);

/// <summary>Each request is answered, with success or with a failure value.</summary>
internal abstract record ScoreReply
{
    private ScoreReply()
    {
    }

    /// <param name="Elapsed">Compute time on the lane, waiting not counted.</param>
    internal sealed record Scored(BatchScores Scores, TimeSpan Elapsed) : ScoreReply;

    internal sealed record Failed(string Reason) : ScoreReply;
}
