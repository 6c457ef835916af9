using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>An example that a candidate may lie near to.</summary>
internal readonly record struct Neighbour(string Id, int Label, Origin Origin, bool IsPositive);

/// <summary>A candidate and what it is to be compared with.</summary>
/// <param name="Rows">The candidate's row first, then one for each neighbour, in their order.</param>
internal sealed record Neighbourhood(Candidate Candidate, RowBuffer Rows, IReadOnlyList<Neighbour> Neighbours) : IDisposable
{
    public void Dispose() => Rows.Dispose();
}
