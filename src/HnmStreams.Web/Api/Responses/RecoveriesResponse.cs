using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Recovery;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/recoveries</c>: the recoveries from the known changes of the stream, oldest first.</summary>
/// <param name="Metric">Name of the primary metric; null before there is a learner.</param>
/// <param name="Expected">True if the stream changes at known examples.</param>
/// <param name="Summary">The recoveries taken together; null before the first one that counts.</param>
internal sealed record RecoveriesResponse(string? Metric, bool Expected, RecoverySummary? Summary, IReadOnlyList<ChangeRecovery> Changes)
{
    public static RecoveriesResponse Of(RunSnapshot snapshot) => new(
        snapshot.Description?.PrimaryMetric, snapshot.Description?.Changes is not null, RecoverySummary.Of(snapshot.Recoveries), snapshot.Recoveries);
}
