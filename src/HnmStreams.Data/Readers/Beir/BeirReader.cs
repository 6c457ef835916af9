using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Beir;

/// <summary>
/// A reader of retrieval sets: the queries of a part (ids <c>q:…</c>), then every document (<c>d:…</c>), each as a text whose
/// identity is its group. Each query is its own group. A document belongs to the groups of all queries that it is relevant to:
/// to one of them by its <see cref="Target.Identity.Name"/>, to the rest by <see cref="Target.Identity.Others"/>. Groups are never
/// merged, because relevance is not transitive. A document that is relevant to no query is its own group. Judgements of other
/// parts are not used. Held in memory: the judgements and the groups of the relevant documents.
/// </summary>
internal sealed class BeirReader : IExampleReader
{
    private readonly BeirFolder _folder;
    private readonly string _part;

    private BeirReader(BeirFolder folder, string part) => (_folder, _part) = (folder, part);

    public int? Count => null;

    public static BeirReader Open(string root, string part)
    {
        var folder = new BeirFolder(root);
        return folder.ReadJudgements(part).Any()
            ? new BeirReader(folder, part)
            : throw new DataSourceException(root, $"The part {part} has no judgements.", "at least one line with query, document and score");
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        var judgements = _folder.ReadJudgements(_part, ct).ToList();
        var judged = judgements.Select(static j => j.Query).ToHashSet(StringComparer.Ordinal);
        var groups = Groups(judgements.Where(static j => j.Score > 0));
        foreach (var query in _folder.ReadQueries(ct))
        {
            if (judged.Contains(query.Id))
                yield return ExampleOf("q:" + query.Id, query.Text, groups);
        }

        foreach (var document in _folder.ReadCorpus(ct))
            yield return ExampleOf("d:" + document.Id, document.Text, groups);
    }

    /// <summary>
    /// Returns the groups of each relevant document. The first one is the group with the fewest first documents so far, in the order
    /// of the file, so that as many queries as possible have their own document. O(judgements).
    /// </summary>
    internal static Dictionary<string, Target.Identity> Groups(IEnumerable<BeirJudgement> relevant)
    {
        var queries = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var judgement in relevant)
        {
            if (!queries.TryGetValue(judgement.Document, out var of))
                queries.Add(judgement.Document, of = []);
            if (!of.Contains("q:" + judgement.Query))
                of.Add("q:" + judgement.Query);
        }

        var documents = new Dictionary<string, int>(StringComparer.Ordinal);
        var groups = new Dictionary<string, Target.Identity>(StringComparer.Ordinal);
        // Documents with one query have no choice and come first.
        foreach (var (document, of) in queries.OrderBy(static q => q.Value.Count))
        {
            var first = of.MinBy(query => documents.GetValueOrDefault(query))!;
            documents[first] = documents.GetValueOrDefault(first) + 1;
            groups.Add("d:" + document, new Target.Identity(first) { Others = of.Count == 1 ? [] : [.. of.Where(query => query != first)] });
        }

        return groups;
    }

    private static Example ExampleOf(string id, string text, Dictionary<string, Target.Identity> groups) =>
        new(id, groups.GetValueOrDefault(id) ?? new Target.Identity(id), new ExampleInput.Text(text));
}
