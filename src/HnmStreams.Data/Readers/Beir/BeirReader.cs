using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Beir;

/// <summary>
/// A reader of retrieval sets: the queries of a part (ids <c>q:…</c>), then every document (<c>d:…</c>), each as a text whose
/// identity is its group. A group is a connected component of the graph of queries and their relevant documents, built from the
/// judgements of this part only, so that no judgement of another part leaks. A query and its relevant documents form one group,
/// and so do two queries that share a relevant document. A document that is relevant to no query is a group of its own. Held in
/// memory: the judgements and the group of each judged text.
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

    /// <summary>Returns the group of each judged text, named after its first member in ordinal order. O(n log n).</summary>
    internal static Dictionary<string, string> Groups(IEnumerable<BeirJudgement> relevant)
    {
        var parents = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var judgement in relevant)
        {
            var (query, document) = (Root(parents, "q:" + judgement.Query), Root(parents, "d:" + judgement.Document));
            // The smaller name becomes the root, so that the name of a group does not depend on the order of the file.
            if (string.CompareOrdinal(query, document) < 0)
                parents[document] = query;
            else
                parents[query] = document;
        }

        return parents.Keys.ToDictionary(static k => k, k => Root(parents, k), StringComparer.Ordinal);
    }

    private static string Root(Dictionary<string, string> parents, string name)
    {
        parents.TryAdd(name, name);
        while (parents[name] != name)
            name = parents[name] = parents[parents[name]];
        return name;
    }

    private static Example ExampleOf(string id, string text, Dictionary<string, string> groups) =>
        new(id, new Target.Identity(groups.GetValueOrDefault(id, id)), new ExampleInput.Text(text));
}
