using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;

namespace HnmStreams.Pipeline.Ranking.Inspection;

/// <summary>An example that a candidate is compared with.</summary>
internal readonly record struct Neighbor(string Id, int Label, Origin Origin, bool IsPositive);

/// <summary>A candidate and the examples that it is compared with.</summary>
/// <param name="Rows">The candidate's row first, then one row per neighbor, in their order.</param>
internal sealed record Neighborhood(Candidate Candidate, RowBuffer Rows, IReadOnlyList<Neighbor> Neighbors) : IDisposable
{
    public void Dispose() => Rows.Dispose();
}
