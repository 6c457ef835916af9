using HnmStreams.Pipeline;

namespace HnmStreams.Web.Monitoring;

/// <summary>The learner's position in a partition, as the API and the summary write it.</summary>
internal sealed record RunPosition(string Topic, int Partition, long NextOffset)
{
    public static IReadOnlyList<RunPosition> Of(PipelineStatus status) =>
        [.. status.Ranking.Positions.Select(p => new RunPosition(p.Topic, p.Partition, p.NextOffset))];
}
