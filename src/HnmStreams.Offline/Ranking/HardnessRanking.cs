using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Selection;
using HnmStreams.Offline.Storage;
using HnmStreams.Pipeline;
using HnmStreams.Tasks;
using HnmStreams.Torch.Replicas;

namespace HnmStreams.Offline.Ranking;

/// <summary>
/// A ranking by hardness, for tasks that do not embed: one list for the whole data set. A loss is converted into the probability that the
/// label is wrong. Negatives that score like the median positive are suspected positives.
/// </summary>
internal sealed class HardnessRanking(IMiningTask task, PipelineOptions options, MineOptions mine, ExampleStore store) : INegativeRanking
{
    // Enough to estimate the rank of the median to within 0.005.
    private const int MaxPositivesScored = 10_000;

    public long Work => store.Count;

    public MiningCounts Mine(ScoringReplica model, ScoringReplica? checker, MinedSetWriter into, SuspectsWriter suspects, Xoshiro256StarStar generator, Action<long> done, CancellationToken cancellation)
    {
        var to = mine.RangeMax ?? mine.RangeMin + mine.HardSet;
        var (positive, min, max) = Bounds(model);
        var top = new StreamingTopK(1, Math.Min(to, Math.Max(1, store.Count)));
        // Hardness has a higher resolution than probabilities close to 1.
        top.Begin(0, HardnessOf(min), HardnessOf(max));
        var suspected = new StreamingTopK(1, Math.Clamp(mine.SuspectsListed, 1, Math.Max(1, store.Count)));
        suspected.Begin(0, MathF.BitIncrement(HardnessOf(max)), float.PositiveInfinity);
        var positives = store.Positives.Select(store.ContentOf).ToHashSet();
        var ranked = 0L;
        using var rows = new RowBuffer();
        for (var first = 0; store.ReadChunk(first, rows) is > 0 and var count; first += count)
        {
            cancellation.ThrowIfCancellationRequested();
            var hardness = Hardness(model, rows);
            for (var i = 0; i < count; i++)
            {
                // A copy of a positive is no negative, whatever its label and its score.
                if (task.RoleOf(rows.Labels[i]) == ExampleRole.Positive || positives.Contains(store.ContentOf(first + i)))
                    hardness[i] = float.NaN;
                else
                    ranked++;
            }

            top.Offer(0, hardness, first);
            suspected.Offer(0, hardness, first);
            done(count);
        }

        foreach (var suspect in Ranked(suspected))
            suspects.Write(-1, suspect, max);
        var allowed = Ranked(top);
        var refuted = checker is null ? 0 : allowed.RemoveAll(Refutes(checker, allowed));
        if (task.Teacher is { } teacher)
            refuted += HoldBack(teacher, allowed, suspects, cancellation);
        var selected = RankBand.Select(allowed, mine.RangeMin, to, mine.HardSet, mine.Sampling, generator);
        foreach (var negative in selected)
            into.Write(new MinedAnchor(-1, [], [negative]));
        return new MiningCounts(ranked, top.AboveMaximumCount(0), refuted, selected.Count > 0 ? 1 : 0, selected.Count, selected.Count == 0 ? double.NaN : selected.Average(t => t.Score), positive);
    }

    public IRoundBatches Batches(MinedSet? mined, Xoshiro256StarStar generator) => new ScoredBatches(task, options.Mix, store, mined, generator);

    // The median score of the positives and the range of scores that a negative may have.
    private (float Positive, float Min, float Max) Bounds(ScoringReplica model)
    {
        if (store.Positives.Count == 0)
        {
            var (low, high) = mine.BoundsOf([]);
            return (float.NaN, low, high);
        }

        var step = (store.Positives.Count + MaxPositivesScored - 1) / MaxPositivesScored;
        var sample = Enumerable.Range(0, (store.Positives.Count + step - 1) / step).Select(i => store.Positives[i * step]).ToArray();
        var scores = ScoresOf(model, sample);
        Array.Sort(scores);
        var median = scores[scores.Length / 2];
        var (min, max) = mine.BoundsOf([median]);
        return (median, min, max);
    }

    // Selects the negatives that the second model scores above the bound of its own positives.
    private Predicate<ScoredRow> Refutes(ScoringReplica checker, List<ScoredRow> ranked)
    {
        var (_, _, max) = Bounds(checker);
        var rows = ranked.ConvertAll(r => r.Row).ToArray();
        var scores = ScoresOf(checker, rows);
        var refuted = rows.Where((_, i) => !(scores[i] <= max)).ToHashSet();
        return row => refuted.Contains(row.Row);
    }

    // Removes the negatives that the teacher gives another label, and lists them as suspects.
    private int HoldBack(ITeacher teacher, List<ScoredRow> ranked, SuspectsWriter suspects, CancellationToken cancellation)
    {
        var heldBack = new HashSet<int>();
        using var rows = new RowBuffer();
        foreach (var part in ranked.Chunk(256))
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Clear();
            foreach (var row in part)
                store.Read(row.Row, rows);
            int[] hard = [.. Enumerable.Range(0, part.Length).Where(i => HardnessOf(part[i].Score) >= teacher.MinHardness)];
            var other = new float[hard.Length];
            teacher.Check(rows, hard, isExact: true, other);
            for (var i = 0; i < hard.Length; i++)
            {
                if (!(other[i] >= teacher.Threshold))
                    continue;
                suspects.WriteRefuted(part[hard[i]], other[i], teacher.Threshold);
                heldBack.Add(part[hard[i]].Row);
            }
        }

        return ranked.RemoveAll(row => heldBack.Contains(row.Row));
    }

    private float[] ScoresOf(ScoringReplica model, int[] numbers)
    {
        var scores = new float[numbers.Length];
        using var rows = new RowBuffer();
        foreach (var (part, at) in numbers.Chunk(256).Select((p, i) => (p, i * 256)))
        {
            rows.Clear();
            foreach (var number in part)
                store.Read(number, rows);
            Scores(model, rows).CopyTo(scores, at);
        }

        return scores;
    }

    private float[] Scores(ScoringReplica model, RowBuffer rows)
    {
        var scores = Hardness(model, rows);
        for (var i = 0; i < scores.Length; i++)
            scores[i] = task.RoleOf(rows.Labels[i]) == ExampleRole.Positive ? MathF.Exp(-scores[i]) : ScoreOf(scores[i]);
        return scores;
    }

    private float[] Hardness(ScoringReplica model, RowBuffer rows)
    {
        var indices = new int[rows.Count];
        for (var i = 0; i < indices.Length; i++)
            indices[i] = i;
        var hardness = new float[rows.Count];
        model.Score(rows, indices, new float[rows.Count * task.OutputWidth], hardness);
        return hardness;
    }

    // A negative's loss is -log(1 - p).
    private static float ScoreOf(float hardness) => 1 - MathF.Exp(-hardness);

    private static float HardnessOf(float score) => score >= 1 ? float.PositiveInfinity : -MathF.Log(1 - score);

    private static List<ScoredRow> Ranked(StreamingTopK top)
    {
        var (rows, scores) = (new List<int>(), new List<float>());
        top.CopyTo(0, rows, scores);
        return [.. rows.Zip(scores, (row, score) => new ScoredRow(row, ScoreOf(score)))];
    }
}
