using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Pipeline.Tests.Fixtures;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;

namespace HnmStreams.Pipeline.Tests.Ranking.Inspection;

public sealed class RankingInspectionTests
{
    private static readonly string[] Visited = ["wrong", "a", "b", "c", "d"];

    [Fact]
    public void A_released_candidate_returns_to_the_pool_and_a_confirmed_one_does_not()
    {
        foreach (var wrongLabel in new[] { false, true })
        {
            using var ranker = WithSuspect();
            var suspect = Assert.Single(ranker.Inspection.Quarantined());
            Assert.Equal(("wrong", 0), (suspect.Id, suspect.Label));
            Assert.Equal(CandidateLocation.Quarantine, ranker.Inspection.Find("wrong", 0)!.Location);
            Assert.True(wrongLabel ? ranker.Inspection.Confirm("wrong", 0) : ranker.Inspection.Release("wrong", 0));
            Assert.False(ranker.Inspection.Release("wrong", 0));
            Assert.Empty(ranker.Inspection.Quarantined());
            Assert.Equal(!wrongLabel, ranker.Inspection.Hardest(10).Any(h => h.Id is "wrong"));

            ranker.TakeIn(RankerTests.Batch(6, ("wrong", 0, 9)));
            Assert.Equal(!wrongLabel, ranker.Inspection.Hardest(10).Any(h => h.Id is "wrong"));
        }
    }

    [Fact]
    public void A_candidate_has_its_location_and_its_losses_by_version()
    {
        using var ranker = WithSuspect();
        var a = ranker.Inspection.Find("a", 0)!;
        Assert.Equal((CandidateLocation.Pool, false), (a.Location, a.Detail!.Suspected));
        // The first score, then one loss per visit.
        Assert.Equal([new LossRecord(0, 3), .. Enumerable.Range(1, 9).Select(v => new LossRecord(v, 3f / v))], a.Losses);
        Assert.Contains("is being learned", a.Detail.LabelAssessment, StringComparison.Ordinal);
        Assert.Equal(3f / 9, a.Pool!.Hardness);
        Assert.Equal(CandidateLocation.Positives, ranker.Inspection.Find("p", 0)!.Location);
        Assert.Null(ranker.Inspection.Find("a", 1));
        Assert.Null(ranker.Inspection.Find("never", 0));
    }

    [Fact]
    public void Neighbors_are_all_other_kept_examples_with_their_role()
    {
        using var ranker = WithSuspect();
        using var neighborhood = ranker.Inspection.NeighborhoodOf("a", 0);
        Assert.Equal(["b", "c", "d", "wrong"], neighborhood!.Neighbors.Where(n => !n.IsPositive).Select(n => n.Id).Order(StringComparer.Ordinal));
        Assert.Equal(["p"], neighborhood.Neighbors.Where(n => n.IsPositive).Select(n => n.Id));
        Assert.Equal(1 + 5, neighborhood.Rows.Count);
    }

    [Fact]
    public void The_neighbors_of_a_task_with_groups_are_those_of_its_index()
    {
        var task = People.Task();
        var options = new PipelineOptions();
        using var ranker = new Ranker(task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
        var examples = People.Examples(40).ToArray();
        var batch = new ExampleBatch(0, examples.Length);
        foreach (var example in examples)
        {
            Assert.Null(task.Encode(example, batch.Rows));
            var index = batch.Sources.Count;
            batch.ToScore.Add(index);
            batch.Sources.Add(new RowSource(ExampleKey.Of(example.Id), example.Id, new Origin("t", 0, index), default, default));
            batch.Cover("t", 0, index);
        }

        batch.Scores = new BatchScores(examples.Length, task.OutputWidth, 0);
        for (var i = 0; i < batch.Scores.Outputs.Length; i++)
            batch.Scores.Outputs[i] = MathF.Sin(i);
        ranker.TakeIn(batch);
        var hardest = ranker.Inspection.Hardest(1)[0];
        using var neighborhood = ranker.Inspection.NeighborhoodOf(hardest.Id, 0)!;
        Assert.Equal(examples.Length - 1, neighborhood.Neighbors.Count);
        Assert.All(neighborhood.Neighbors, n => Assert.Equal(n.Label == hardest.Label, n.IsPositive));
        Assert.Contains(neighborhood.Neighbors, n => n.IsPositive);
    }

    internal static Ranker WithSuspect()
    {
        var ranker = RankerTests.Ranker(o =>
        {
            o.Retention.LabelNoise.MinVisits = 8;
            o.Retention.LabelNoise.HardestShare = 0.2;
        });
        ranker.TakeIn(RankerTests.Batch(0, ("p", 1, 0), ("wrong", 0, 9), ("a", 0, 3), ("b", 0, 3), ("c", 0, 3), ("d", 0, 3)));
        for (var version = 1; version <= 9; version++)
        {
            var easier = 3f / version;
            ranker.TakeFeedback(new StepFeedback([.. Visited.Select(id => new CandidateKey(ExampleKey.Of(id), 0))], [9, easier, easier, easier, easier], version));
        }

        return ranker;
    }
}
