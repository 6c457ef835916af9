using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Sampling;
using HnmStreams.Mining.Tests.Pool;

namespace HnmStreams.Mining.Tests.Retention;

public sealed class FilteredPoolTests
{
    [Fact]
    public void Refuses_candidates_above_the_band()
    {
        var pool = Pool(new RetentionOptions { Band = { Hardest = 4 } }, []);
        Assert.Equal(OfferOutcome.Refused, pool.Offer(Key(1), 5, 0, 1, "1"));
        Assert.Equal(OfferOutcome.Added, pool.Offer(Key(2), 4, 0, 1, "2"));
        // A candidate in the pool is updated regardless of its hardness.
        Assert.Equal(OfferOutcome.Updated, pool.Offer(Key(2), 9, 0, 1, "2"));
    }

    [Fact]
    public void Names_the_reason_to_refuse_a_candidate()
    {
        var pool = new FilteredPool<long, string>(new PoolOptions { Count = 2, Bytes = 10_000, GroupShare = 0.5 }, new RetentionOptions { Band = { Hardest = 9 } }, new SamplingOptions().Create());
        Assert.Equal(RefusalReason.None, pool.ReasonToRefuse(Key(1), 1, 0, 1));
        Assert.Equal(RefusalReason.NotFinite, pool.ReasonToRefuse(Key(1), float.NaN, 0, 1));
        Assert.Equal(RefusalReason.TooLarge, pool.ReasonToRefuse(Key(1), 1, 0, 20_000));
        Assert.Equal(RefusalReason.OutsideBand, pool.ReasonToRefuse(Key(1), 10, 0, 1));
        pool.Offer(Key(1), 5, 0, 1, "1", group: 1);
        Assert.Equal(RefusalReason.GroupIsFull, pool.ReasonToRefuse(Key(2), 4, 0, 1, group: 1));
        pool.Offer(Key(3), 5, 0, 1, "3", group: 2);
        Assert.Equal(RefusalReason.BelowThreshold, pool.ReasonToRefuse(Key(4), 4, 0, 1, group: 3));
        Assert.Equal(RefusalReason.None, pool.ReasonToRefuse(Key(4), 6, 0, 1, group: 3));
    }

    [Fact]
    public void Refuses_a_copy_under_another_id_until_the_first_is_removed()
    {
        var pool = Pool(new RetentionOptions { DuplicateDistance = 0 }, []);
        Assert.True(pool.WantsSignatures);
        Assert.Equal(OfferOutcome.Added, pool.Offer(Key(1), 1, 0, 1, "1", signature: 77));
        Assert.Equal(OfferOutcome.Refused, pool.Offer(Key(2), 2, 0, 1, "2", signature: 77));
        Assert.Equal(OfferOutcome.Added, pool.Offer(Key(3), 2, 0, 1, "3", signature: 78));
        pool.RemoveAll(1);
        Assert.Equal(OfferOutcome.Added, pool.Offer(Key(2), 2, 0, 1, "2", signature: 77));
    }

    /// <summary>Visits a hundred candidates. The model learns all of them except three whose labels are wrong.</summary>
    [Fact]
    public void Quarantines_wrong_labels_and_nothing_else()
    {
        var removed = new List<string>();
        var pool = Pool(new RetentionOptions { LabelNoise = { MinVisits = 10, HardestShare = 0.1 } }, removed);
        Visit(pool, rounds: 12);
        Assert.Equal([7L, 50, 93], pool.Quarantine.Suspects.Select(s => s.Key.Id).Order());
        Assert.Equal(97, pool.Pool.Count);
        Assert.Empty(removed);
        Assert.False(pool.WouldAccept(Key(7), 5, 12, 1));
        Assert.All(pool.Quarantine.Suspects, s => Assert.Equal($"{s.Key.Id}", s.Payload));

        // A released candidate is accepted and not suspected again. A confirmed one is not accepted again.
        Assert.True(pool.Quarantine.TryRelease(Key(7), 0, out var released));
        Assert.Equal(OfferOutcome.Added, pool.Offer(released.Key, 5, 12, 1, released.Payload));
        Assert.True(pool.Quarantine.Confirm(Key(50), 0));
        Assert.Equal(["50"], removed);
        Assert.Equal(OfferOutcome.Refused, pool.Offer(Key(50), 5, 12, 1, "50"));
        Visit(pool, rounds: 30);
        Assert.Equal([93L], pool.Quarantine.Suspects.Select(s => s.Key.Id));
        Assert.True(pool.Pool.TryGet(Key(7), out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void Candidates_are_quarantined_for_a_reason_from_outside(int minVisits)
    {
        var removed = new List<string>();
        var pool = Pool(new RetentionOptions { LabelNoise = { MinVisits = minVisits, QuarantineCount = 2 } }, removed);
        Assert.Equal(OfferOutcome.Added, pool.Offer(Key(1), 3, 0, 1, "1"));
        Assert.True(pool.MoveToQuarantine(Key(1), 4, 5, "reason"));
        Assert.False(pool.MoveToQuarantine(Key(1), 4, 5, "reason"));
        Assert.False(pool.MoveToQuarantine(Key(2), 4, 5, "not in the pool"));
        pool.AddToQuarantine(Key(2), "2", 7, 6, "another reason");
        Assert.Equal(0, pool.Pool.Count);
        Assert.Equal([("1", 4f, 5L, "reason"), ("2", 7f, 6L, "another reason")], pool.Quarantine.Suspects.Select(s => (s.Payload, s.LastLosses[^1], s.SinceVersion, s.Reason)));
        Assert.False(pool.WouldAccept(Key(2), 9, 7, 1));
        Assert.Empty(removed);
        // The quarantine is full: the oldest suspect leaves for good.
        pool.AddToQuarantine(Key(3), "3", 7, 6, "another reason");
        Assert.Equal(["1"], removed);
        // A released candidate stays in the pool.
        Assert.True(pool.Quarantine.TryRelease(Key(2), 0, out var released));
        Assert.Equal(OfferOutcome.Added, pool.Offer(released.Key, 5, 12, 1, released.Payload));
        Assert.False(pool.MoveToQuarantine(Key(2), 4, 13, "again"));
    }

    [Fact]
    public void A_returning_candidate_continues_its_loss_history_including_losses_that_arrived_after_its_removal()
    {
        var pool = Pool(new RetentionOptions { LabelNoise = { MinVisits = 8, HardestShare = 1, RequiredLossDecrease = 0.2, RememberedVisits = 2 } }, []);
        var drawn = new List<DrawnItem<long, string>>();
        Assert.Equal(OfferOutcome.Added, pool.Offer(Key(1), 5, 0, 1, "1"));
        for (var use = 1; use <= 4; use++)
        {
            pool.Draw(1, 100 * use, new Xoshiro256StarStar(1), drawn);
            Assert.Equal(use < 4, pool.Visit(Key(1), 5, use));
        }

        pool.VisitDeparted(Key(1), 5);

        Assert.Equal((0, 4), (pool.Pool.Count, drawn.Count));
        pool.VisitDeparted(Key(2), 5);

        // Five visits so far. The offer is the sixth, and two more make eight.
        Assert.Equal(OfferOutcome.Added, pool.Offer(Key(1), 5, 5, 1, "1"));
        Assert.True(pool.Visit(Key(1), 5, 6));
        Assert.Equal(0, pool.Quarantine.Count);
        Assert.True(pool.Visit(Key(1), 5, 7));
        Assert.Equal(8, Assert.Single(pool.Quarantine.Suspects).Visits);

        // Removing an example also removes its loss history.
        Assert.Equal(OfferOutcome.Added, pool.Offer(Key(3), 5, 5, 1, "3"));
        pool.RemoveAll(3);
        Assert.False(pool.Visit(Key(3), 5, 7));
    }

    [Fact]
    public void A_restored_pool_continues_exactly_like_the_saved_one()
    {
        var options = new RetentionOptions { LabelNoise = { MinVisits = 10, HardestShare = 0.1 }, DuplicateDistance = 2, Band = { HardestPercentile = 0.99, MinSeen = 10 } };
        var pool = Pool(options, []);
        Visit(pool, rounds: 9);
        var (index, filters) = (new StateWriter(), new StateWriter());
        using (var snapshot = pool.Pool.Snapshot())
            snapshot.Save(index, NumberCodec.Instance, TextCodec.Instance);
        pool.SaveFilters(filters, KeyCodec.Instance, TextCodec.Instance);
        var restored = Pool(options, []);
        var reader = new StateReader(filters.Written);
        restored.Restore(new StateReader(index.Written), reader, NumberCodec.Instance, KeyCodec.Instance, TextCodec.Instance);
        Assert.Equal(0, reader.Remaining);
        Visit(pool, rounds: 4);
        Visit(restored, rounds: 4);
        Assert.Equal(3, restored.Quarantine.Count);
        Assert.Equal(pool.Quarantine.Suspects.Select(s => (s.Key, s.Reason)), restored.Quarantine.Suspects.Select(s => (s.Key, s.Reason)));
        var (one, other) = (new List<DrawnItem<long, string>>(), new List<DrawnItem<long, string>>());
        pool.Draw(50, 1, new Xoshiro256StarStar(3), one);
        restored.Draw(50, 1, new Xoshiro256StarStar(3), other);
        Assert.Equal(one, other);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(0x7FC0_0000)] // NaN
    public void A_saved_state_with_a_wrong_number_is_refused_or_usable(int number)
    {
        var options = new RetentionOptions { LabelNoise = { MinVisits = 4, HardestShare = 0.1 }, DuplicateDistance = 2, Band = { History = 16, HardestPercentile = 0.99, MinSeen = 10 } };
        var pool = Pool(options, []);
        Visit(pool, rounds: 3);
        var (index, filters) = (new StateWriter(), new StateWriter());
        using (var snapshot = pool.Pool.Snapshot())
            snapshot.Save(index, NumberCodec.Instance, TextCodec.Instance);
        pool.SaveFilters(filters, KeyCodec.Instance, TextCodec.Instance);
        var refused = 0;
        // Every fifth position is no multiple of four bytes, as after texts.
        for (var at = 0; at + 4 <= filters.Written.Length; at += 37)
        {
            var changed = filters.Written.ToArray();
            BitConverter.TryWriteBytes(changed.AsSpan(at), number);
            var restored = Pool(options, []);
            try
            {
                restored.Restore(new StateReader(index.Written), new StateReader(changed), NumberCodec.Instance, KeyCodec.Instance, TextCodec.Instance);
            }
            catch (InvalidDataException)
            {
                refused++;
                continue;
            }

            Visit(restored, rounds: 1);
        }

        Assert.True(refused > 10, $"{refused}");
    }

    // The loss of a learnable candidate decreases with each visit; that of a label error stays constant.
    private static void Visit(FilteredPool<long, string> pool, int rounds)
    {
        var generator = new Xoshiro256StarStar(20_260_517);
        for (var round = 0; round < rounds; round++)
        {
            for (var id = 0; id < 100; id++)
            {
                var hardness = id is 7 or 50 or 93 ? 5 : (float)((3 * Math.Pow(0.8, round)) + (generator.NextDouble() * 0.1));
                pool.Observe(hardness);
                if (!pool.Quarantine.Holds(Key(id)))
                    pool.Offer(Key(id), hardness, round, 1, $"{id}", signature: new Xoshiro256StarStar((ulong)id).NextUInt64());
            }
        }
    }

    private static CandidateKey<long> Key(long id) => new(id, 0);

    private static FilteredPool<long, string> Pool(RetentionOptions options, List<string> removed) =>
        new(new PoolOptions { Count = 200, MaxAge = 0 }, options, new UniformSampler(), (_, payload) => removed.Add(payload));

    private sealed class KeyCodec : IStateCodec<CandidateKey<long>>
    {
        public static readonly KeyCodec Instance = new();

        public void Write(StateWriter writer, CandidateKey<long> value)
        {
            writer.WriteInt64(value.Id);
            writer.WriteInt32(value.Region);
        }

        public CandidateKey<long> Read(StateReader reader) => new(reader.ReadInt64(), reader.ReadInt32());
    }
}
