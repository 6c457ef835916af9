using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Search;
using HnmStreams.Offline.Storage;

namespace HnmStreams.Offline.Ranking;

/// <summary>
/// The anchors, candidates and groups of an embedding search. Takes 36 bytes per example, 4 per positive and, for anchors in several
/// groups, 4 per excluded candidate.
/// </summary>
internal sealed class GroupRules : ISearchRules
{
    private readonly MineOptions _options;
    private readonly ExampleStore _store;
    private readonly GroupMembers _members;
    private readonly int[][] _positives;
    private readonly int[][] _excluded;

    /// <exception cref="InvalidOperationException">No anchor has a positive among the candidates.</exception>
    public GroupRules(ExampleStore store, MineOptions options, ulong seed)
    {
        (_store, _options) = (store, options);
        var (anchorPrefix, candidatePrefix) = Sides(store, options);
        IsOneSided = anchorPrefix is null && candidatePrefix is null;
        var all = Enumerable.Range(0, store.Count).ToArray();
        Candidates = candidatePrefix is null ? all : Array.FindAll(all, i => IdOf(i).StartsWith(candidatePrefix, StringComparison.Ordinal));
        _members = new GroupMembers(store, Candidates);
        var generator = new Xoshiro256StarStar(seed);
        var (anchors, positives) = (new List<int>(), new List<int[]>());
        foreach (var row in all)
        {
            if (anchorPrefix is not null && !IdOf(row).StartsWith(anchorPrefix, StringComparison.Ordinal))
                continue;
            var chosen = Choose(row, generator);
            if (chosen.Length == 0)
                continue;
            anchors.Add(row);
            positives.Add(chosen);
        }

        if (anchors.Count == 0)
        {
            throw new InvalidOperationException(
                $"At least one of the {store.Count} examples must have a positive, but no group has two members"
                + (IsOneSided ? "." : $", one with the anchor prefix '{anchorPrefix}' and one with the candidate prefix '{candidatePrefix}'. Check 'mine.anchors' and 'mine.candidates'."));
        }

        (Anchors, _positives) = ([.. anchors], [.. positives]);
        _excluded = Array.ConvertAll(Anchors, _members.ExcludedOf);
    }

    /// <summary>True if all examples are candidates and anchors are a subset of them.</summary>
    public bool IsOneSided { get; }

    /// <summary>The store numbers of the anchors that have a positive, ascending.</summary>
    public int[] Anchors { get; }

    /// <summary>The store numbers of the candidates, ascending.</summary>
    public int[] Candidates { get; }

    public ReadOnlySpan<int> PositivesOf(int query) => _positives[query];

    /// <summary>Returns the anchor's groups, and every candidate whose content is that of one of their members.</summary>
    public ReadOnlySpan<int> ExcludedOf(int query) => _excluded[query];

    /// <summary>Returns true if the candidate can be a negative of the anchor.</summary>
    public bool CanBeNegative(int query, int candidate) => Array.BinarySearch(_excluded[query], candidate) < 0;

    public (float Min, float Max) BoundsOf(ReadOnlySpan<float> positives) => _options.BoundsOf(positives);

    /// <summary>Returns the id prefixes of anchors and candidates; null means any id. In a data set in BEIR's layout the ids name the two sides.</summary>
    public static (string? Anchors, string? Candidates) Sides(ExampleStore store, MineOptions options)
    {
        if (options.Anchors is not null || options.Candidates is not null)
            return (options.Anchors, options.Candidates);
        var (queries, documents) = (false, false);
        for (var i = 0; i < store.Count; i++)
        {
            var id = store.Read(i).Id;
            var (query, document) = (id.StartsWith("q:", StringComparison.Ordinal), id.StartsWith("d:", StringComparison.Ordinal));
            if (!query && !document)
                return (null, null);
            (queries, documents) = (queries || query, documents || document);
        }

        return queries && documents ? ("q:", "d:") : (null, null);
    }

    private string IdOf(int row) => _store.Read(row).Id;

    // A random sample of the other members of the group.
    private int[] Choose(int row, Xoshiro256StarStar generator)
    {
        var members = _members.Of(row);
        var self = IsOneSided ? Array.BinarySearch(members, row) : Array.FindIndex(members, m => Candidates[m] == row);
        var others = members.Length - (self >= 0 ? 1 : 0);
        var chosen = new List<int>(Math.Min(_options.Positives, others));
        for (var i = 0; i < members.Length && chosen.Count < _options.Positives; i++)
        {
            if (i == self)
                continue;
            if (generator.NextInt32(others) < _options.Positives - chosen.Count)
                chosen.Add(members[i]);
            others--;
        }

        return [.. chosen];
    }
}
