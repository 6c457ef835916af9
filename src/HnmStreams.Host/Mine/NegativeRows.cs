using HnmStreams.Data.Examples;
using HnmStreams.Mining.Randomness;
using HnmStreams.Offline.Storage;

namespace HnmStreams.Host.Mine;

/// <summary>A column of the output: text, integers or scores, as single values or lists.</summary>
internal sealed record NegativeColumn(string Name, Type Type, bool IsList = false);

/// <summary>
/// The rows of mined negatives in an output format. A passage is the text of an example, or its id if it has no text. Ids
/// and scores are separate columns. For a task that does not embed, the anchor is the name of the rare class, and each
/// negative is combined with a random example of that class.
/// </summary>
internal sealed class NegativeRows
{
    private readonly ExampleStore _store;
    private readonly NegativeFormat _format;
    private readonly int _negatives;
    private readonly Xoshiro256StarStar _generator;
    private readonly string? _class;

    /// <param name="negatives">The number of negatives per row of <see cref="NegativeFormat.Tuple"/>.</param>
    public NegativeRows(ExampleStore store, NegativeFormat format, int negatives, ulong seed)
    {
        (_store, _format, _negatives, _generator) = (store, format, negatives, new Xoshiro256StarStar(seed));
        _class = store.Positives.Count > 0 ? NameOf(store.Read(store.Positives[0]).Target) : null;
        Columns = format switch
        {
            NegativeFormat.Triplet => [Text("anchor"), Text("positive"), Text("negative"), Text("anchor_id"), Text("positive_id"), Text("negative_id"), Score("positive_score"), Score("negative_score")],
            NegativeFormat.Tuple =>
            [
                Text("anchor"), Text("positive"), .. Numbered("negative_{0}", Text), Text("anchor_id"), Text("positive_id"), .. Numbered("negative_{0}_id", Text),
                Score("positive_score"), .. Numbered("negative_{0}_score", Score),
            ],
            NegativeFormat.LabeledPair => [Text("anchor"), Text("passage"), new("label", typeof(int)), Text("anchor_id"), Text("passage_id"), Score("score")],
            _ => [Text("anchor"), new("passages", typeof(string), true), new("labels", typeof(int), true), Text("anchor_id"), new("passage_ids", typeof(string), true), new("scores", typeof(float), true)],
        };
    }

    public IReadOnlyList<NegativeColumn> Columns { get; }

    /// <summary>Returns the rows of one anchor, with one value per column. A score that was not computed is NaN.</summary>
    public IEnumerable<object[]> Of(MinedAnchor mined)
    {
        var (anchor, anchorId) = Anchor(mined);
        var positives = Positives(mined).Select(Passage).ToArray();
        var negatives = mined.Negatives.Select(Passage).ToArray();
        switch (_format)
        {
            case NegativeFormat.Triplet:
                return from p in positives from n in negatives select new object[] { anchor, p.Text, n.Text, anchorId, p.Id, n.Id, p.Score, n.Score };
            case NegativeFormat.Tuple when negatives.Length < _negatives:
                return [];
            case NegativeFormat.Tuple:
                var all = negatives.Take(_negatives).ToArray();
                return positives.Select(p => (object[])
                [
                    anchor, p.Text, .. all.Select(n => n.Text), anchorId, p.Id, .. all.Select(n => n.Id), p.Score, .. all.Select(n => (object)n.Score),
                ]);
            case NegativeFormat.LabeledPair:
                // Without a rare class, a hard example belongs to the class for which it is hard.
                var label = mined.Anchor < 0 && _class is null ? 1 : 0;
                return [.. positives.Select(p => Pair(p, 1)), .. negatives.Select(n => Pair(n, label))];
            default:
                var both = positives.Concat(negatives).ToArray();
                return
                [
                    [
                        anchor, both.Select(b => b.Text).ToArray(), both.Select((_, i) => i < positives.Length ? 1 : 0).ToArray(), anchorId,
                        both.Select(b => b.Id).ToArray(), both.Select(b => b.Score).ToArray(),
                    ],
                ];
        }

        object[] Pair((string Text, string Id, float Score) passage, int label) => [anchor, passage.Text, label, anchorId, passage.Id, passage.Score];
    }

    private (string Text, string Id) Anchor(MinedAnchor mined)
    {
        if (mined.Anchor < 0)
        {
            var name = _class ?? NameOf(_store.Read(mined.Negatives[0].Row).Target);
            return (name, name);
        }

        var (text, id, _) = Passage(new ScoredRow(mined.Anchor, 1));
        return (text, id);
    }

    private IReadOnlyList<ScoredRow> Positives(MinedAnchor mined)
    {
        if (mined.Anchor >= 0)
            return mined.Positives;
        return _class is null ? [] : [new ScoredRow(_store.Positives[_generator.NextInt32(_store.Positives.Count)], float.NaN)];
    }

    private (string Text, string Id, float Score) Passage(ScoredRow row)
    {
        var example = _store.Read(row.Row);
        return ((example.Input as ExampleInput.Text)?.Value ?? example.Id, example.Id, row.Score);
    }

    private NegativeColumn[] Numbered(string name, Func<string, NegativeColumn> column) =>
        [.. Enumerable.Range(1, _negatives).Select(i => column(string.Format(System.Globalization.CultureInfo.InvariantCulture, name, i)))];

    private static NegativeColumn Text(string name) => new(name, typeof(string));

    private static NegativeColumn Score(string name) => new(name, typeof(float));

    private static string NameOf(Target target) => target switch
    {
        Target.Label label => label.Name,
        Target.Identity identity => identity.Name,
        Target.LabelSet labels => string.Join(", ", labels.Names),
        Target.ClassIndex index => index.Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => target.GetType().Name,
    };
}
