using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Cluster.Wire;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Tests.Ranking;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Cluster;

/// <summary>Tests of scored batches on the wire, with and without the payloads that the learner cannot keep.</summary>
public sealed class ScoredBatchCodecTests
{
    private const ulong Seed = 5;

    [Fact]
    public void A_batch_with_all_payloads_is_the_same_after_a_round_trip()
    {
        using var batch = Batch(0, 50);
        using var read = RoundTrip(batch, KeepBounds.All);
        Assert.Null(read.Contents);
        Assert.Equal((batch.Number, batch.DeadLettered, batch.WeightsClipped, batch.Duplicates), (read.Number, read.DeadLettered, read.WeightsClipped, read.Duplicates));
        Assert.Equal(batch.Spans, read.Spans);
        Assert.Equal([-1L], read.ReadFrom);
        Assert.Equal(batch.Sources, read.Sources);
        Assert.Equal(batch.HeldOutSources, read.HeldOutSources);
        Assert.Equal(batch.Tombstones, read.Tombstones);
        Assert.Equal(batch.ToScore, read.ToScore);
        Assert.Equal(batch.Scores!.Outputs.ToArray(), read.Scores!.Outputs.ToArray());
        Assert.Equal(batch.Scores.Hardness.ToArray(), read.Scores.Hardness.ToArray());
        Assert.Equal(batch.Rows.Labels.ToArray(), read.Rows.Labels.ToArray());
        Assert.Equal(batch.Rows.Weights.ToArray(), read.Rows.Weights.ToArray());
        for (var row = 0; row < batch.Rows.Count; row++)
            Assert.Equal(batch.Rows.Payload(row), read.Rows.Payload(row));
    }

    [Fact]
    public void A_row_without_its_payload_takes_at_most_thirty_two_bytes()
    {
        using var small = Batch(0, 512);
        using var large = Batch(0, 1_024);
        var nothing = new KeepBounds(float.PositiveInfinity, 0, 0, 0, 0, 1, false);
        var bytes = (Write(large, nothing).Length - Write(small, nothing).Length) / 512.0;
        Assert.InRange(bytes, 20, 32);
    }

    [Fact]
    public void A_learner_with_thin_batches_keeps_the_same_examples_as_one_with_all_payloads()
    {
        using var whole = RankerTests.Ranker(Configure);
        using var thin = RankerTests.Ranker(Configure);
        var (bounds, sent, rows) = (KeepBounds.All, 0, 0);
        for (var number = 0; number < 200; number++)
        {
            whole.TakeIn(Batch(number, 64));
            using var batch = Batch(number, 64);
            var read = RoundTrip(batch, bounds);
            rows += 64;
            sent += read.Rows.Count - Enumerable.Range(0, read.Rows.Count).Count(row => !read.HasPayload(row));
            thin.TakeIn(read);
            // The bounds reach the nodes late.
            if (number % 5 == 0)
                bounds = thin.Bounds();
        }

        Assert.Equal(Kept(whole), Kept(thin));
        Assert.Equal(0, thin.Status().Bound!.Missed);
        Assert.True(sent < rows / 2, $"{sent} of {rows} payloads were sent");
        Assert.Equal(whole.Status().Stream, thin.Status().Stream);
        Assert.Equal(whole.Prequential(), thin.Prequential());
    }

    [Fact]
    public void A_correction_without_its_payload_removes_the_earlier_record()
    {
        using var ranker = RankerTests.Ranker(_ => { });
        ranker.TakeIn(RankerTests.Batch(0, [1, 2, 3, 4], ("a", 0, 5), ("b", 0, 4)));
        using var same = RankerTests.Batch(2, [1, 2, 3, 4], ("b", 0, 1));
        using var corrected = RankerTests.Batch(3, [9, 9, 9, 9], ("a", 0, 1));
        var nothing = new KeepBounds(float.PositiveInfinity, 0, 0, 0, 0, 1, false);
        same.After = corrected.After = new BatcherState(1, new Xoshiro256StarStar(1).Save());
        ranker.TakeIn(RoundTrip(same, nothing));
        ranker.TakeIn(RoundTrip(corrected, nothing));
        Assert.Equal(["b"], ranker.Inspection.Hardest(10).Select(h => h.Id));
        Assert.Equal((1, 1L), (ranker.Status().NegativesKept, ranker.Status().Stream.Corrections));
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_as_a_batch_but_never_fail_otherwise()
    {
        using var batch = Batch(0, 20);
        var bytes = Write(batch, new KeepBounds(1, 0, 0, 0, 0, 1, false)).ToArray();
        var generator = new Xoshiro256StarStar(20261130);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var damaged = bytes.ToArray();
            for (var changes = generator.NextInt32(4); changes >= 0; changes--)
                damaged[generator.NextInt32(damaged.Length)] = (byte)generator.NextInt32(256);
            try
            {
                ScoredBatchCodec.Read(damaged.AsMemory(0, generator.NextInt32(3) == 0 ? generator.NextInt32(damaged.Length) : damaged.Length), 1).Dispose();
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        }
    }

    [Fact]
    public void The_format_of_the_present_version_does_not_change()
    {
        using var batch = Batch(3, 20);
        // If this fails, the version must be raised, and the learner must read this one too.
        Assert.Equal((1, "d07c33678b082632"), (ScoredBatchCodec.Version, XxHash64.HashToUInt64(Write(batch, new KeepBounds(1, 0, 0, 0, 0, 1, false)).Span).ToString("x16", null)));
    }

    [Fact]
    public void Parts_are_joined_to_the_same_bytes_and_too_large_batches_are_refused()
    {
        var joiner = new BatchParts.Joiner();
        foreach (var length in (int[])[1, EdgeProtocol.PartBytes - 1, EdgeProtocol.PartBytes, 1_000_000])
        {
            var bytes = new byte[length];
            var generator = new Xoshiro256StarStar((ulong)length);
            for (var i = 0; i < length; i++)
                bytes[i] = (byte)generator.NextUInt64();
            var parts = BatchParts.Split(bytes).ToList();
            Assert.All(parts, part => Assert.True(part.Length <= EdgeProtocol.PartBytes));
            Assert.All(parts.SkipLast(1), part => Assert.Null(joiner.Add(part)));
            Assert.Equal(bytes, joiner.Add(parts[^1])!.Value.ToArray());
        }

        Assert.Throws<InvalidDataException>(() => joiner.Add([]));
        var part64 = new byte[EdgeProtocol.PartBytes];
        Assert.Throws<InvalidDataException>(() =>
        {
            for (var i = 0; i <= EdgeProtocol.MaxBatchBytes / part64.Length; i++)
                joiner.Add(part64);
        });
    }

    private static void Configure(PipelineOptions options) =>
        (options.Pool.Count, options.Reservoirs.Negatives, options.Reservoirs.Positives, options.Reservoirs.NewPositives) = (100, 200, 50, 60);

    private static IReadOnlyList<(string Id, string Place)> Kept(Ranker ranker) =>
    [
        .. Enumerable.Range(0, 200 * 64)
            .Select(i => (Id: $"e-{i}", Found: ranker.Inspection.Find($"e-{i}", 0)))
            .Where(e => e.Found is not null)
            .Select(e => (e.Id, e.Found!.Location.ToString())),
    ];

    private static ReadOnlyMemory<byte> Write(ExampleBatch batch, KeepBounds bounds) =>
        ScoredBatchCodec.Write(batch, [-1], new PayloadSelection(Stream.Task, Seed, sendsAll: false), bounds, new PayloadBytes()).Written;

    private static ExampleBatch RoundTrip(ExampleBatch batch, KeepBounds bounds) => ScoredBatchCodec.Read(Write(batch, bounds), 1);

    private static ExampleBatch Batch(int number, int rows)
    {
        var generator = new Xoshiro256StarStar((ulong)number);
        var examples = Enumerable.Range(0, rows).Select(i => ($"e-{(number * rows) + i}", generator.NextDouble() < 0.05 ? 1 : 0, (float)(generator.NextDouble() * 10))).ToArray();
        var batch = RankerTests.Batch(number * (rows + 2L), examples);
        var offset = (number * (rows + 2L)) + rows;
        Assert.Null(Stream.Task.Encode(Stream.Of($"h-{number}", 0, 1, 1, 1, 1), batch.HeldOut));
        batch.HeldOutSources.Add(new RowSource(ExampleKey.Of($"h-{number}"), $"h-{number}", new Origin("t", 0, offset), DateTimeOffset.UnixEpoch, default));
        batch.Cover("t", 0, offset);
        batch.Tombstones.Add(new Tombstone(1, ExampleKey.Of("gone")));
        batch.After = new BatcherState(number + 1, new Xoshiro256StarStar(1).Save());
        (batch.DeadLettered, batch.WeightsClipped, batch.Duplicates) = (1, 2, 3);
        return batch;
    }
}
