using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Ranking;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;

namespace HnmStreams.Pipeline.Tests.Ranking;

/// <summary>What a person may ask, and a person's verdicts.</summary>
public sealed class RankingInspectionTests
{
    private static readonly string[] Visited = ["wrong", "a", "b", "c", "d"];

    [Fact]
    public void A_suspect_whose_label_is_right_comes_back_and_one_whose_label_is_wrong_never_does()
    {
        foreach (var wrongLabel in new[] { false, true })
        {
            using var ranker = WithSuspect();
            var suspect = Assert.Single(ranker.Inspection.Quarantined());
            Assert.Equal(("wrong", 0), (suspect.Id, suspect.Label));
            Assert.Equal(CandidateLocation.Quarantine, ranker.Inspection.Find("wrong", 0)!.Place);
            Assert.True(wrongLabel ? ranker.Inspection.Confirm("wrong", 0) : ranker.Inspection.Release("wrong", 0));
            Assert.False(ranker.Inspection.Release("wrong", 0));
            Assert.Empty(ranker.Inspection.Quarantined());
            Assert.Equal(!wrongLabel, ranker.Inspection.Hardest(10).Any(h => h.Id is "wrong"));

            ranker.TakeIn(RankerTests.Batch(6, ("wrong", 0, 9)));
            Assert.Equal(!wrongLabel, ranker.Inspection.Hardest(10).Any(h => h.Id is "wrong"));
        }
    }

    [Fact]
    public void A_candidate_tells_its_place_and_its_losses_by_version()
    {
        using var ranker = WithSuspect();
        var a = ranker.Inspection.Find("a", 0)!;
        Assert.Equal((CandidateLocation.Pool, false), (a.Place, a.Suspected));
        // Where it stood at first, and then each of nine visits.
        Assert.Equal([new LossRecord(0, 3), .. Enumerable.Range(1, 9).Select(v => new LossRecord(v, 3f / v))], a.Losses);
        Assert.Contains("is being learned", a.Verdict, StringComparison.Ordinal);
        Assert.Equal(3f / 9, a.Hardness);
        Assert.Equal(CandidateLocation.Positives, ranker.Inspection.Find("p", 0)!.Place);
        Assert.Null(ranker.Inspection.Find("a", 1));
        Assert.Null(ranker.Inspection.Find("never", 0));
    }

    [Fact]
    public void Neighbours_are_all_that_is_kept_but_the_candidate_itself_each_on_its_side()
    {
        using var ranker = WithSuspect();
        using var neighbourhood = ranker.Inspection.NeighbourhoodOf("a", 0);
        Assert.Equal(["b", "c", "d", "wrong"], neighbourhood!.Neighbours.Where(n => !n.IsPositive).Select(n => n.Id).Order(StringComparer.Ordinal));
        Assert.Equal(["p"], neighbourhood.Neighbours.Where(n => n.IsPositive).Select(n => n.Id));
        Assert.Equal(1 + 5, neighbourhood.Rows.Count);
    }

    private static Ranker WithSuspect()
    {
        var ranker = RankerTests.Ranker(o =>
        {
            o.Retention.LabelNoise.MinimumVisits = 8;
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
