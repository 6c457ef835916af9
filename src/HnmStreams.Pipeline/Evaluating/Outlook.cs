using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Ranking;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>What the evaluator needs of the ranking stage: a copy of the held-out rows, which it disposes, and the prequential metrics.</summary>
internal sealed record Outlook(RowBuffer HeldOut, IReadOnlyDictionary<string, double> Prequential)
{
    public static Outlook Of(Ranker ranker)
    {
        var rows = new RowBuffer();
        ranker.CopyHeldOut(rows);
        return new Outlook(rows, ranker.Prequential());
    }
}
