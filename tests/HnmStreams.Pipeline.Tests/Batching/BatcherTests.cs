using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Tests.Fixtures;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Batching;

public sealed class BatcherTests
{
    private readonly MemoryDeadLetters _deadLetters = new();

    [Fact]
    public void Ends_full_batches_in_the_order_of_the_offsets()
    {
        var (batches, rest) = BatchAll(NewBatcher(size: 32), Stream.Chunks(Stream.Examples(100), 30));
        Assert.Equal([32, 32, 32], batches.Select(b => b.Examples));
        Assert.Equal(4, rest!.Examples);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"e-{i}"), batches.Append(rest).SelectMany(b => b.Sources).Select(s => s.Id));
        Assert.Equal([(0L, 31L), (32, 63), (64, 95), (96, 99)], batches.Append(rest).Select(b => (b.Spans.Single().First, b.Spans.Single().Last)));
        Assert.Equal([0L, 1, 2, 3], batches.Append(rest).Select(b => b.Number));
    }

    [Fact]
    public void Covers_the_offsets_of_each_partition_with_one_span()
    {
        var chunk = new RecordChunk();
        var value = ExampleEncoder.ToProtobuf(Stream.Of("a", 0, 1, 2, 3, 4));
        Stream.Append(chunk, 5, "a", value, partition: 1);
        Stream.Append(chunk, 70, "x", [1, 2, 3], partition: 2);
        Stream.Append(chunk, 9, null, value, partition: 1);
        var (_, rest) = BatchAll(NewBatcher(size: 10), [chunk]);
        Assert.Equal([new OffsetSpan("t", 1, 5, 9), new OffsetSpan("t", 2, 70, 70)], rest!.Spans);
    }

    [Fact]
    public void Dead_letters_invalid_records_with_their_bytes_and_continues()
    {
        var chunk = new RecordChunk();
        Stream.Append(chunk, 0, "a", ExampleEncoder.ToProtobuf(Stream.Of("a", 0, 1, 2, 3, 4)));
        Stream.Append(chunk, 1, "broken", [0x0a, 0xff, 0xff]);
        Stream.Append(chunk, 2, "short", ExampleEncoder.ToProtobuf(Stream.Of("short", 0, 1, 2)));
        Stream.Append(chunk, 3, null, null);
        var (_, rest) = BatchAll(NewBatcher(size: 10), [chunk]);
        Assert.Equal((1, 3), (rest!.Examples, rest.DeadLettered));
        Assert.Equal(["malformed", "wrong-shape", "missing-id"], _deadLetters.All.Select(l => l.Reason));
        Assert.Equal([1L, 2, 3], _deadLetters.All.Select(l => l.Origin.Offset));
        Assert.Equal([0x0a, 0xff, 0xff], _deadLetters.All.First().Value!);
    }

    [Fact]
    public void Dead_letters_offsets_that_the_client_could_not_read()
    {
        var chunk = new RecordChunk();
        Stream.Append(chunk, 4, "a", ExampleEncoder.ToProtobuf(Stream.Of("a", 0, 1, 2, 3, 4)));
        chunk.Add(new RawRecord("t", 0, 11, 0, ByteRange.Null, ByteRange.Null, WireFormat.Unknown, 0, default) { Unreadable = new UnreadableOffsets(5, 11, "codec") });
        var (_, rest) = BatchAll(NewBatcher(size: 10), [chunk]);
        Assert.Equal((1, 1), (rest!.Examples, rest.DeadLettered));
        var deadLetter = Assert.Single(_deadLetters.All);
        Assert.Equal(("unreadable", new Origin("t", 0, 5), 11L), (deadLetter.Reason, deadLetter.Origin, deadLetter.LastOffset));
        Assert.Equal([new OffsetSpan("t", 0, 4, 11)], rest.Spans);
    }

    [Fact]
    public void Escapes_control_characters_of_producers_in_dead_letters()
    {
        var chunk = new RecordChunk();
        Stream.Append(chunk, 0, null, ExampleEncoder.ToProtobuf(Stream.Of("a\u001b[2J\r\n", 0, 1, 2)));
        BatchAll(NewBatcher(size: 10), [chunk]);
        var deadLetter = Assert.Single(_deadLetters.All);
        Assert.Equal("a\\u001b[2J\\u000d\\u000a", deadLetter.Id);
        Assert.DoesNotContain(deadLetter.Detail, char.IsControl);
    }

    [Fact]
    public void Reduces_huge_weights_and_counts_them()
    {
        var chunk = new RecordChunk();
        Stream.Append(chunk, 0, "a", ExampleEncoder.ToProtobuf(Stream.Of("a", 0, 1, 2, 3, 4) with { Weight = 2 }));
        Stream.Append(chunk, 1, "b", ExampleEncoder.ToProtobuf(Stream.Of("b", 0, 1, 2, 3, 4) with { Weight = float.MaxValue }));
        var (_, rest) = BatchAll(NewBatcher(size: 10), [chunk]);
        Assert.Equal([2f, 100f], rest!.Rows.Weights.ToArray());
        Assert.Equal((0, 1), (rest.DeadLettered, rest.WeightsClipped));
    }

    [Fact]
    public void Keeps_the_position_of_a_tombstone_among_the_rows()
    {
        var chunk = new RecordChunk();
        Stream.Append(chunk, 0, "a", ExampleEncoder.ToProtobuf(Stream.Of("a", 0, 1, 2, 3, 4)));
        Stream.Append(chunk, 1, "a", null);
        Stream.Append(chunk, 2, "b", ExampleEncoder.ToProtobuf(Stream.Of("b", 0, 1, 2, 3, 4)));
        var (_, rest) = BatchAll(NewBatcher(size: 10), [chunk]);
        Assert.Equal([new Tombstone(1, ExampleKey.Of("a"))], rest!.Tombstones);
        Assert.Equal(2, rest.Examples);
    }

    [Fact]
    public void Separates_unlabeled_examples_and_labels_from_labeled_examples()
    {
        var chunk = new RecordChunk();
        var example = Stream.Of("a", 1, 1, 2, 3, 4);
        Stream.Append(chunk, 0, "a", ExampleEncoder.ToProtobuf(example with { Target = Target.None.Instance }));
        Stream.Append(chunk, 1, "b", ExampleEncoder.ToProtobuf(example with { Id = "b" }));
        Stream.Append(chunk, 2, "a", ExampleEncoder.ToProtobuf(example with { Input = ExampleInput.None.Instance, Weight = 3 }));
        Stream.Append(chunk, 3, "c", ExampleEncoder.ToProtobuf(Stream.Of("c", 1, 1, 2) with { Target = Target.None.Instance }));
        var (batches, rest) = BatchAll(NewBatcher(size: 3, labels: LabelMode.Mixed), [chunk]);
        var batch = Assert.Single(batches);
        Assert.Equal((1, 3), (batch.Examples, batch.Items));
        Assert.Equal(["a"], batch.UnlabeledSources.Select(s => s.Id));
        Assert.Equal(batch.Rows.Payload(0), batch.Unlabeled!.Payload(0));
        Assert.Equal((ExampleKey.Of("a"), 1, 3f), batch.LateLabels.Select(l => (l.Key, l.Label, l.Weight)).Single());
        Assert.Equal([(ArrivalKind.Unlabeled, 0), (ArrivalKind.Example, 0), (ArrivalKind.Label, 0)], batch.Arrivals.Select(a => (a.Kind, a.Index)));
        Assert.Equal((0, 1), (rest!.Items, rest.DeadLettered));
        Assert.Equal("wrong-shape", Assert.Single(_deadLetters.All).Reason);
    }

    [Fact]
    public void Held_out_examples_are_neither_scored_nor_trained_on_and_do_not_depend_on_the_seed()
    {
        var (_, first) = BatchAll(NewBatcher(size: 5_000, heldOut: 0.2), Stream.Chunks(Stream.Examples(1_000)));
        var (_, second) = BatchAll(NewBatcher(size: 5_000, heldOut: 0.2, seed: 99), Stream.Chunks(Stream.Examples(1_000)));
        Assert.InRange(first!.HeldOut.Count, 150, 250);
        Assert.Equal(1_000, first.Examples);
        Assert.Equal(first.HeldOutSources.Select(s => s.Id), second!.HeldOutSources.Select(s => s.Id));
        Assert.Equal(first.Rows.Count, first.ToScore.Count);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    public void Selects_the_configured_share_of_examples_for_scoring(double share)
    {
        var (_, rest) = BatchAll(NewBatcher(size: 20_000, scored: share), Stream.Chunks(Stream.Examples(10_000)));
        // Five standard deviations of a binomial.
        var tolerance = 5 * Math.Sqrt(10_000 * share * (1 - share));
        Assert.InRange(rest!.ToScore.Count, (10_000 * share) - tolerance, (10_000 * share) + tolerance);
        Assert.Equal(10_000, rest.Rows.Count);
    }

    private Batcher NewBatcher(int size, double heldOut = 0, double scored = 1, ulong seed = 1, LabelMode? labels = null) => new(
        Stream.Task, new ExampleDecoder(new WireLimits(), labels: labels), _deadLetters, size, new HeldOutSplit(heldOut), Budget(scored), new BatcherState(0, new Xoshiro256StarStar(seed).Save()), new ExpectedOffsets([]), new PoisonRecordBisection(() => BisectionPlan.Plain), keepsOrder: labels is not null);

    private static MiningBudget Budget(double share)
    {
        var options = new PipelineOptions();
        options.Scoring.Share = share;
        return new MiningBudget(options.ToBudgetSettings());
    }

    private static (List<ExampleBatch> Full, ExampleBatch? Open) BatchAll(Batcher batcher, IEnumerable<RecordChunk> chunks)
    {
        var full = new List<ExampleBatch>();
        foreach (var chunk in chunks)
        {
            batcher.Load(chunk);
            while (batcher.Next() is { } batch)
                full.Add(batch);
        }

        return (full, batcher.EndBatch());
    }
}
