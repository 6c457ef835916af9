using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Memory.Rescoring;

/// <summary>Tests of candidates of the pool that are scored again because their score has aged.</summary>
public sealed class AgedCandidatesTests
{
    private const long MaxAge = 16;

    [Fact]
    public void The_oldest_scores_are_first_and_of_the_same_version_the_hardest()
    {
        using var ranker = NewRanker();
        TakeIn(ranker, version: 0, ("a", 1), ("b", 3));
        TakeIn(ranker, version: 4, ("c", 9), ("d", 5), ("e", 7));
        // No score is older than 16 versions yet.
        Advance(ranker, 16);
        Assert.Null(ranker.NextToRescore(2, isSpare: true));
        // The next scan is due after an eighth of the age.
        Advance(ranker, 17);
        Assert.Null(ranker.NextToRescore(2, isSpare: true));
        Advance(ranker, 21);
        Assert.Null(ranker.NextToRescore(2, isSpare: false));
        Assert.Equal(["b", "a"], Rescore(ranker, 2, version: 21, hardness: 2));
        Assert.Equal(["c", "e"], Rescore(ranker, 2, version: 21, hardness: 4));
        Assert.Equal(["d"], Rescore(ranker, 2, version: 21, hardness: 6));
        Assert.Null(ranker.NextToRescore(2, isSpare: true));
        Assert.Equal(
            [("d", 6f, 21L), ("c", 4f, 21L), ("e", 4f, 21L), ("a", 2f, 21L), ("b", 2f, 21L)],
            ranker.Inspection.Hardest(10).Select(c => (c.Id, c.Pool!.Hardness, c.Pool.ModelVersion)).OrderByDescending(c => c.Hardness).ThenBy(c => c.Id));
        Assert.Equal(5, ranker.Status().Rescoring!.Refreshed);
    }

    [Fact]
    public void A_candidate_that_was_trained_on_or_corrected_meanwhile_keeps_its_newer_score()
    {
        using var ranker = NewRanker();
        TakeIn(ranker, version: 0, ("a", 1), ("b", 2), ("c", 3), ("d", 4));
        Advance(ranker, 20);
        // Before the batch: it is skipped.
        using var batch = Next(ranker, () => ranker.TakeFeedback(new StepFeedback([Key("d")], [8], 20)));
        Assert.Equal(["c", "b", "a"], batch.Sources.Select(s => s.Id));
        // While the batch is being scored: its old score is not taken.
        ranker.TakeFeedback(new StepFeedback([Key("c")], [9], 21));
        TakeIn(ranker, version: 21, ("b", 7));
        batch.Scores = new BatchScores(3, 1, 21);
        batch.Scores.Hardness.Fill(0.5f);
        ranker.TakeRescored(batch);
        Assert.Equal(
            [("c", 9f, 21L), ("d", 8f, 20L), ("b", 7f, 21L), ("a", 0.5f, 21L)], ranker.Inspection.Hardest(10).Select(c => (c.Id, c.Pool!.Hardness, c.Pool.ModelVersion)));
        Assert.Equal(1, ranker.Status().Rescoring!.Refreshed);
    }

    [Fact]
    public void A_batch_that_could_not_be_scored_leaves_the_candidates_for_the_next_scan()
    {
        using var ranker = NewRanker();
        TakeIn(ranker, version: 0, ("a", 1), ("b", 2));
        Advance(ranker, 20);
        using (var failed = ranker.NextToRescore(10, isSpare: true)!)
        {
            // One batch at a time.
            Assert.Null(ranker.NextToRescore(10, isSpare: true));
            ranker.TakeRescored(failed);
        }

        Assert.Null(ranker.NextToRescore(10, isSpare: true));
        Advance(ranker, 22);
        Assert.Equal(["b", "a"], Rescore(ranker, 10, version: 22, hardness: 1));
    }

    [Fact]
    public void Without_the_setting_or_in_exact_mode_nothing_is_scored_again()
    {
        foreach (var options in (PipelineOptions[])[new(), new() { Mode = "exact", Scoring = { MaxPoolAge = 1 } }])
        {
            using var ranker = new Ranker(Stream.Task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
            TakeIn(ranker, version: 0, ("a", 1));
            Advance(ranker, 100);
            Assert.Null(ranker.NextToRescore(10, isSpare: true));
            Assert.Null(ranker.Status().Rescoring);
        }
    }

    private static ExampleBatch Next(Ranker ranker, Action before)
    {
        before();
        return ranker.NextToRescore(10, isSpare: true)!;
    }

    private static List<string> Rescore(Ranker ranker, int rows, long version, float hardness)
    {
        using var batch = ranker.NextToRescore(rows, isSpare: true)!;
        batch.Scores = new BatchScores(batch.Rows.Count, 1, version);
        batch.Scores.Hardness.Fill(hardness);
        ranker.TakeRescored(batch);
        return [.. batch.Sources.Select(s => s.Id!)];
    }

    private static void Advance(Ranker ranker, long version) => ranker.TakeFeedback(new StepFeedback([], [], version));

    private static CandidateKey Key(string id) => new(ExampleKey.Of(id), 0);

    private static Ranker NewRanker()
    {
        var options = new PipelineOptions { Scoring = { MaxPoolAge = MaxAge } };
        options.Pool.MaxAge = 0;
        return new Ranker(Stream.Task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
    }

    private static void TakeIn(Ranker ranker, long version, params (string Id, float Hardness)[] negatives)
    {
        using var batch = new ExampleBatch(0, negatives.Length);
        foreach (var (id, _) in negatives)
        {
            Assert.Null(Stream.Task.Encode(Stream.Of(id, 0, 1, 2, 3, 4), batch.Rows));
            batch.Sources.Add(new RowSource(ExampleKey.Of(id), id, default));
            batch.ToScore.Add(batch.Rows.Count - 1);
        }

        batch.Scores = new BatchScores(negatives.Length, 1, version);
        for (var i = 0; i < negatives.Length; i++)
            batch.Scores.Hardness[i] = negatives[i].Hardness;
        ranker.TakeIn(batch);
    }
}
