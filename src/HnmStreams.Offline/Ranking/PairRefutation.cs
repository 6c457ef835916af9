using HnmStreams.Data.Rows;
using HnmStreams.Offline.Storage;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Offline.Ranking;

/// <summary>
/// The selection of negatives that a cross-encoder confirms. It checks selected negatives only and replaces those that it finds relevant by others of the
/// band, until all are confirmed. The selection has the distribution of one from a band without any relevant ones.
/// </summary>
internal sealed class PairRefutation(IPairTeacher teacher, ExampleStore store)
{
    /// <summary>Selects the negatives of several anchors.</summary>
    /// <param name="anchors">The anchors by their store numbers, with their ranked candidates, from which those found relevant are removed. The rows of candidates are store numbers.</param>
    /// <param name="select">Selects from the ranked candidates of an anchor.</param>
    /// <returns>The selected negatives of each anchor.</returns>
    public List<ScoredRow>[] Select(IReadOnlyList<(int Anchor, List<ScoredRow> Ranked)> anchors, Func<List<ScoredRow>, List<ScoredRow>> select, SuspectsWriter suspects, CancellationToken cancellation)
    {
        var selected = new List<ScoredRow>[anchors.Count];
        var confirmed = new HashSet<int>[anchors.Count];
        var open = Enumerable.Range(0, anchors.Count).ToList();
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var due = new List<(int Query, int Candidate)>();
            foreach (var i in open)
            {
                selected[i] = select(anchors[i].Ranked);
                confirmed[i] ??= [];
                due.AddRange(selected[i].Where(row => !confirmed[i].Contains(row.Row)).Select(row => (i, row.Row)));
            }

            var relevance = Check(due.ConvertAll(pair => (anchors[pair.Query].Anchor, pair.Candidate)));
            var changed = new SortedSet<int>();
            for (var i = 0; i < due.Count; i++)
            {
                var (query, candidate) = due[i];
                if (!(relevance[i] >= teacher.Threshold))
                {
                    confirmed[query].Add(candidate);
                    continue;
                }

                var ranked = anchors[query].Ranked;
                var place = ranked.FindIndex(row => row.Row == candidate);
                suspects.WriteRefuted(ranked[place], relevance[i], teacher.Threshold, anchors[query].Anchor);
                ranked.RemoveAt(place);
                changed.Add(query);
            }

            open = [.. changed];
        }

        return selected;
    }

    private float[] Check(List<(int Query, int Candidate)> pairs)
    {
        var relevance = new float[pairs.Count];
        using var rows = new RowBuffer();
        foreach (var (part, at) in pairs.Chunk(256).Select(static (part, i) => (part, i * 256)))
        {
            rows.Clear();
            foreach (var (query, candidate) in part)
            {
                store.Read(query, rows);
                store.Read(candidate, rows);
            }

            teacher.Check(rows, [.. Enumerable.Range(0, part.Length).Select(static i => (2 * i, (2 * i) + 1))], isExact: true, relevance.AsSpan(at, part.Length));
        }

        return relevance;
    }
}
