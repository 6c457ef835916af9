using HnmStreams.Web.Api.Responses;

namespace HnmStreams.Web.Api;

/// <summary>A selection of hard negatives, shared by the API and the gallery. Pure.</summary>
/// <param name="Search">A part of the id; empty for all.</param>
/// <param name="Label">The name of a label; empty for all.</param>
/// <param name="Visits">Which negatives, by their training steps.</param>
internal sealed record HardNegativeFilter(string Search = "", string Label = "", VisitFilter Visits = VisitFilter.All)
{
    public bool IsEmpty => Search.Length == 0 && Label.Length == 0 && Visits == VisitFilter.All;

    /// <summary>Returns the selected negatives in their order.</summary>
    public IReadOnlyList<HardNegativeResponse> Apply(IReadOnlyList<HardNegativeResponse> items) => IsEmpty ? items : [.. items.Where(Matches)];

    private bool Matches(HardNegativeResponse item) =>
        item.Id.Contains(Search, StringComparison.OrdinalIgnoreCase)
        && (Label.Length == 0 || string.Equals(item.Label, Label, StringComparison.Ordinal))
        && (Visits == VisitFilter.All || (item.Uses > 0) == (Visits == VisitFilter.Used));
}

/// <summary>A filter by the training steps that a negative took part in.</summary>
internal enum VisitFilter
{
    All,

    /// <summary>Trained on at least once.</summary>
    Used,

    /// <summary>Not trained on yet.</summary>
    Unused,
}
