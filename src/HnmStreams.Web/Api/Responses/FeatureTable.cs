using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Tasks;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The named features of a candidate beside those of its nearest neighbors.</summary>
/// <param name="Columns">The ids: the candidate first, then the neighbors.</param>
/// <param name="Rows">By name.</param>
internal sealed record FeatureTable(IReadOnlyList<string> Columns, IReadOnlyList<FeatureTableRow> Rows)
{
    private const int NeighborsPerSide = 2;

    // Wider rows are those of images or embeddings.
    private const int MaxRows = 200;

    /// <summary>Returns the table; null if the task's rows have no features.</summary>
    public static FeatureTable? Of(Explanation explanation, IRowPreviews previews)
    {
        if (explanation.Candidate.Detail is not { } detail || previews.Features(detail.Payload) is not { } own)
            return null;
        NearExample[] neighbors = [.. explanation.NearestPositives.Take(NeighborsPerSide), .. explanation.NearestNegatives.Take(NeighborsPerSide)];
        var all = new List<Dictionary<string, string>> { ByName(own) };
        all.AddRange(neighbors.Select(n => ByName(previews.Features(n.Payload) ?? [])));
        // Dense rows have their own order, and named features have none.
        var names = own.Select(f => f.Name).Concat(all.SelectMany(f => f.Keys)).Distinct(StringComparer.Ordinal).Take(MaxRows);
        return new FeatureTable(
            [explanation.Candidate.Id, .. neighbors.Select(n => n.Id)],
            [.. names.Select(name => new FeatureTableRow(name, [.. all.Select(f => f.GetValueOrDefault(name))]))]);
    }

    private static Dictionary<string, string> ByName(IReadOnlyList<RowFeature> features) =>
        features.GroupBy(f => f.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => string.Join(", ", g.Select(f => f.Value)), StringComparer.Ordinal);
}

/// <summary>One feature.</summary>
/// <param name="Values">In the order of the columns; null if an example does not have the feature.</param>
internal sealed record FeatureTableRow(string Name, IReadOnlyList<string?> Values);
