using HnmStreams.Pipeline;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Monitoring;

/// <summary>The pool of hard negatives, as the API and the summary write it.</summary>
/// <param name="Threshold">The hardness that an offer must exceed; null while the pool is not full.</param>
internal sealed record RunPool(int Count, long Bytes, double? Threshold, double? Hardest, int Quarantined)
{
    public static RunPool Of(PipelineStatus status) =>
        new(status.Ranking.Pool.Count, status.Ranking.Pool.Bytes, Finite.OrNull(status.Ranking.Pool.Threshold), Finite.OrNull(status.Ranking.Pool.Hardest), status.Ranking.Pool.Quarantined);
}
