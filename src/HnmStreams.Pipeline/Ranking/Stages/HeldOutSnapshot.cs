using HnmStreams.Data.Rows;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>The input of an evaluation: a copy of the held-out rows, which the evaluator disposes, and the prequential metrics.</summary>
internal sealed record HeldOutSnapshot(RowBuffer Rows, IReadOnlyDictionary<string, double> Prequential)
{
    public static HeldOutSnapshot Of(Ranker ranker)
    {
        var rows = new RowBuffer();
        ranker.CopyHeldOut(rows);
        return new HeldOutSnapshot(rows, ranker.Prequential());
    }
}
