using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Tests.Ranking.Inspection;

public sealed class LabelReviewTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_decision_can_be_taken_back_once(bool wrongLabel)
    {
        using var ranker = RankingInspectionTests.WithSuspect();
        var before = Assert.Single(ranker.Inspection.Quarantined());
        var payload = ranker.Inspection.Find("wrong", 0)!.Detail!.Payload;
        Assert.False(ranker.Inspection.Undo("wrong", 0));
        Assert.True(wrongLabel ? ranker.Inspection.Confirm("wrong", 0) : ranker.Inspection.Release("wrong", 0));
        Assert.True(ranker.Inspection.Undo("wrong", 0));
        Assert.False(ranker.Inspection.Undo("wrong", 0));
        var after = Assert.Single(ranker.Inspection.Quarantined());
        Assert.Equal((before.Id, before.Label, before.Origin, before.Quarantine!.Reason), (after.Id, after.Label, after.Origin, after.Quarantine!.Reason));
        Assert.Equal(payload, ranker.Inspection.Find("wrong", 0)!.Detail!.Payload);
        Assert.DoesNotContain(ranker.Inspection.Hardest(10), h => h.Id is "wrong");

        // The other decision is possible now, and counts.
        Assert.True(wrongLabel ? ranker.Inspection.Release("wrong", 0) : ranker.Inspection.Confirm("wrong", 0));
        Assert.Equal(wrongLabel, ranker.Inspection.Hardest(10).Any(h => h.Id is "wrong"));
    }

    [Fact]
    public void A_deleted_example_is_not_restored()
    {
        using var ranker = RankingInspectionTests.WithSuspect();
        Assert.True(ranker.Inspection.Confirm("wrong", 0));
        var batch = new ExampleBatch(6, 1);
        batch.Tombstones.Add(new Tombstone(0, ExampleKey.Of("wrong")));
        batch.Scores = new BatchScores(0, 1, 6);
        ranker.TakeIn(batch);
        Assert.False(ranker.Inspection.Undo("wrong", 0));
        Assert.Null(ranker.Inspection.Find("wrong", 0));
    }
}
