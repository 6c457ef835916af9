using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow.Sharing;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>The newest bounds of the learner, and the share of the stream that it lets a node score.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LearnerBounds(KeepBounds first) : IScoredShare
{
    private readonly Lock _gate = new();
    private KeepBounds _newest = first;

    public KeepBounds Newest
    {
        get
        {
            lock (_gate)
                return _newest;
        }

        set
        {
            lock (_gate)
                _newest = value;
        }
    }

    /// <inheritdoc/>
    public bool Scores(bool isPositive, Xoshiro256StarStar generator)
    {
        var bounds = Newest;
        return bounds.ScoredShare >= 1 || generator.NextDouble() < bounds.ScoredShare || (isPositive && bounds.ScoresEveryPositive);
    }
}
