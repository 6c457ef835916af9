using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Pipeline.Tests.Ranking.Inspection;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Tests.Ranking;

/// <summary>Tests that the newest record of an id replaces the older one in every structure.</summary>
public sealed class CorrectionTests
{
    [Fact]
    public void A_negative_that_is_sent_again_as_positive_leaves_pool_and_negatives()
    {
        using var ranker = RankerTests.Ranker(_ => { });
        ranker.TakeIn(RankerTests.Batch(0, ("a", 0, 5), ("b", 0, 3)));
        ranker.TakeIn(RankerTests.Batch(2, ("a", 1, 5)));
        var status = ranker.Status();
        Assert.Equal(["b"], ranker.Inspection.Hardest(10).Select(h => h.Id));
        Assert.Equal((1, 1, 1L), (status.PositivesKept, status.NegativesKept, status.Stream.Corrections));
        Assert.Equal(CandidateLocation.Positives, ranker.Inspection.Find("a", 0)!.Location);
    }

    [Fact]
    public void A_positive_that_is_sent_again_as_negative_is_no_longer_trained_on_as_positive()
    {
        using var ranker = RankerTests.Ranker(_ => { });
        ranker.TakeIn(RankerTests.Batch(0, ("a", 1, 5), ("b", 0, 3)));
        ranker.TakeIn(RankerTests.Batch(2, ("a", 0, 9)));
        Assert.Equal((0, 1L), (ranker.Status().PositivesKept, ranker.Status().Stream.Corrections));
        Assert.Equal("a", ranker.Inspection.Hardest(1)[0].Id);
    }

    [Fact]
    public void A_new_payload_replaces_the_old_one_in_pool_and_reservoir()
    {
        using var ranker = RankerTests.Ranker(_ => { });
        ranker.TakeIn(RankerTests.Batch(0, [1, 2, 3, 4], ("a", 0, 5)));
        ranker.TakeIn(RankerTests.Batch(1, [9, 8, 7, 6], ("a", 0, 4)));
        using var first = ranker.Inspection.NeighborhoodOf("a", 0)!;
        var expected = RankerTests.Batch(1, [9, 8, 7, 6], ("a", 0, 4)).Rows.Payload(0).ToArray();
        Assert.Equal(expected, first.Rows.Payload(0).ToArray());
        Assert.Equal((1, 1, 1L), (ranker.Status().Pool.Count, ranker.Status().NegativesKept, ranker.Status().Stream.Corrections));
    }

    [Fact]
    public void The_same_record_again_is_not_a_correction()
    {
        using var ranker = RankerTests.Ranker(_ => { });
        for (var offset = 0; offset < 3; offset++)
            ranker.TakeIn(RankerTests.Batch(2 * offset, ("a", 0, 5), ("p", 1, 5)));
        Assert.Equal(0L, ranker.Status().Stream.Corrections);
    }

    [Fact]
    public void A_confirmed_label_error_is_accepted_again_after_its_correction()
    {
        using var ranker = RankingInspectionTests.WithSuspect();
        Assert.True(ranker.Inspection.Confirm("wrong", 0));
        ranker.TakeIn(RankerTests.Batch(6, ("wrong", 0, 9)));
        Assert.Null(ranker.Inspection.Find("wrong", 0) is { Location: CandidateLocation.Pool } ? "in the pool" : null);
        ranker.TakeIn(RankerTests.Batch(7, ("wrong", 1, 9)));
        Assert.Equal(CandidateLocation.Positives, ranker.Inspection.Find("wrong", 0)!.Location);
    }

    [Fact]
    public void The_held_out_store_keeps_one_example_per_id()
    {
        var store = new HeldOutStore(10, hasPositives: true);
        var rows = RankerTests.Batch(0, ("a", 0, 1), ("a", 1, 1), ("a", 1, 1)).Rows;
        var source = new RowSource(ExampleKey.Of("a"), "a", new Origin("t", 0, 0), default, default);
        Assert.False(store.Add(rows, 0, source, ExampleRole.Negative));
        Assert.True(store.Add(rows, 1, source, ExampleRole.Positive));
        Assert.False(store.Add(rows, 2, source, ExampleRole.Positive));
        Assert.Equal(1, store.Count);
        var copy = new RowBuffer(1);
        store.CopyTo(copy, weighted: true);
        Assert.Equal(1, copy.Labels[0]);
        Assert.True(store.Remove(source.Key));
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public void An_example_that_moves_to_the_held_out_share_is_not_trained_on()
    {
        using var ranker = RankerTests.Ranker(_ => { });
        ranker.TakeIn(RankerTests.Batch(0, ("a", 0, 5), ("b", 0, 3)));
        var batch = new ExampleBatch(1, 1);
        var moved = RankerTests.Batch(2, ("a", 0, 5));
        batch.HeldOut.Add(moved.Rows.Payload(0), moved.Rows.Labels[0], moved.Rows.Weights[0]);
        batch.HeldOutSources.Add(moved.Sources[0]);
        ranker.TakeIn(batch);
        Assert.Equal(["b"], ranker.Inspection.Hardest(10).Select(h => h.Id));
        Assert.Null(ranker.Inspection.Find("a", 0));
    }

    [Fact]
    public void Recent_ids_are_bounded_and_drop_the_oldest()
    {
        var ids = new RecentIds(2);
        Assert.True(ids.TryAdd(ExampleKey.Of("a")));
        Assert.False(ids.TryAdd(ExampleKey.Of("a")));
        Assert.True(ids.TryAdd(ExampleKey.Of("b")));
        Assert.True(ids.TryAdd(ExampleKey.Of("c")));
        Assert.True(ids.TryAdd(ExampleKey.Of("a")));
        Assert.False(ids.TryAdd(ExampleKey.Of("c")));
    }
}
