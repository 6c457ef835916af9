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

/// <summary>Records that carry many examples.</summary>
public sealed class BatchRecordTests
{
    private readonly MemoryDeadLetters _deadLetters = new();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    [InlineData(1_000)]
    public void The_same_examples_give_the_same_batches_as_records_of_their_own(int rowsPerRecord)
    {
        Example[] examples = [.. Stream.Examples(300).Select(static (e, i) => i % 3 == 0 ? e with { EventTime = DateTimeOffset.UnixEpoch.AddHours(i), Weight = 2 } : e)];
        var single = BatchAll(NewBatcher(), Stream.Chunks(examples));
        var rows = BatchAll(NewBatcher(), Stream.BatchChunks(examples, rowsPerRecord));
        Assert.Equal(single.Select(Describe), rows.Select(Describe));
        Assert.Empty(_deadLetters.All);
    }

    [Fact]
    public void A_batch_that_ends_inside_of_a_record_does_not_complete_it()
    {
        var batches = BatchAll(NewBatcher(), Stream.BatchChunks(Stream.Examples(100), 50));
        Assert.Equal([32, 32, 32, 4], batches.Select(static b => b.Examples));
        Assert.Equal([(0L, 0L), (0, 1), (1, 1), (1, 1)], batches.Select(static b => (b.Spans.Single().First, b.Spans.Single().Last)));
        Assert.Equal([new Origin("t", 0, 0), new Origin("t", 0, 1), new Origin("t", 0, 1), null], batches.Select(static b => b.Incomplete));
        Assert.Equal([32, 14, 46, 0], batches.Select(static b => b.After.Partials.SingleOrDefault().Rows));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_restart_continues_after_the_last_row_in_the_state(int lastBatch)
    {
        Example[] examples = [.. Stream.Examples(200)];
        var whole = BatchAll(NewBatcher(), Stream.BatchChunks(examples, 50));
        var state = whole[lastBatch];
        var position = state.Incomplete is { } incomplete ? incomplete.Offset : state.Spans.Single().Last + 1;
        var resumed = BatchAll(NewBatcher(state.After, [new StreamPosition("t", 0, position)]), Stream.BatchChunks(examples, 50).Skip((int)position));
        Assert.Equal(whole.Skip(lastBatch + 1).Select(Describe), resumed.Select(Describe));
    }

    [Fact]
    public void A_restart_keeps_the_place_in_a_record_that_another_partition_precedes()
    {
        Example[] examples = [.. Stream.Examples(50)];
        var first = BatchAll(NewBatcher(), Stream.BatchChunks(examples, 50))[0];
        var other = new RecordChunk();
        foreach (var (example, i) in Stream.Examples(40, seed: 2).Select(static (e, i) => (e, i)))
            Stream.Append(other, i, example.Id, ExampleEncoder.ToProtobuf(example), partition: 1);
        var resumed = BatchAll(NewBatcher(first.After, [new StreamPosition("t", 0, 0)]), [other, .. Stream.BatchChunks(examples, 50)]);
        Assert.Equal(new PartialRecord(new Origin("t", 0, 0), 32), Assert.Single(resumed[0].After.Partials));
        Assert.Equal(40 + 18, resumed.Sum(static b => b.Examples));
        Assert.Empty(resumed[^1].After.Partials);
    }

    [Fact]
    public void A_partial_record_that_no_longer_exists_is_forgotten()
    {
        Example[] examples = [.. Stream.Examples(100)];
        var first = BatchAll(NewBatcher(), Stream.BatchChunks(examples, 50))[0];
        var resumed = BatchAll(NewBatcher(first.After, [new StreamPosition("t", 0, 0)]), Stream.BatchChunks(examples, 50).Skip(1));
        Assert.Equal(50, resumed.Sum(static b => b.Examples));
        Assert.Empty(resumed[^1].After.Partials);
    }

    [Fact]
    public void Dead_deadLetters_only_the_rows_that_are_refused()
    {
        Example[] examples = [.. Stream.Examples(40)];
        examples[5] = Stream.Of("not finite", 0, 1, float.NaN, 2, 3);
        examples[34] = examples[34] with { Target = new Target.Identity("unknown") };
        var batches = BatchAll(NewBatcher(), Stream.BatchChunks(examples, 40));
        Assert.Equal((38, 2), (batches.Sum(static b => b.Examples), batches.Sum(static b => b.DeadLettered)));
        Assert.Equal([("not-finite", (int?)5, "not finite"), ("wrong-target", 34, "e-34")], _deadLetters.All.Select(static l => (l.Reason, l.Row, l.Id!)));
        Assert.All(_deadLetters.All, static deadLetter => Assert.Equal(new Origin("t", 0, 0), deadLetter.Origin));
        Assert.Equal("e-34"u8, _deadLetters.All.Last().Key!);
        using var rows = new ExampleDecoder(new WireLimits()).CreateRows();
        Assert.Null(rows.Open(_deadLetters.All.Last().Value));
        rows.Read(out _);
        Assert.Equal((1, "e-34"), (rows.Count, System.Text.Encoding.UTF8.GetString(rows.Id)));
    }

    [Fact]
    public void The_copies_of_refused_rows_are_bounded()
    {
        var examples = Enumerable.Range(0, 1_000).Select(static i => Stream.Of($"e-{i}", 0, float.NaN, 0, 0, 0));
        BatchAll(NewBatcher(), Stream.BatchChunks(examples, 1_000));
        Assert.Equal(Enumerable.Range(0, 1_000), _deadLetters.All.Select(static l => l.Row!.Value));
        Assert.InRange(_deadLetters.All.Count(static l => l.Value is not null), 10, RowDeadLetters.MaxCopies);
        Assert.InRange(_deadLetters.All.Sum(static l => l.Value?.Length ?? 0), 0, 200_000);
    }

    [Fact]
    public void Dead_deadLetters_a_damaged_record_as_a_whole()
    {
        var value = ExampleEncoder.ToArrow([.. Stream.Examples(10)]);
        var chunk = new RecordChunk();
        Stream.Append(chunk, 0, null, value[..^100], format: WireFormat.Arrow);
        Stream.Append(chunk, 1, null, value, format: WireFormat.Unknown);
        var batches = BatchAll(NewBatcher(), [chunk]);
        Assert.Equal(10, batches.Sum(static b => b.Examples));
        var deadLetter = Assert.Single(_deadLetters.All);
        Assert.Equal(("malformed", (int?)null, value.Length - 100), (deadLetter.Reason, deadLetter.Row, deadLetter.Value!.Length));
    }

    [Fact]
    public void A_tombstone_row_keeps_its_position_among_the_rows()
    {
        var chunk = new RecordChunk();
        Stream.Append(chunk, 0, null, ExampleEncoder.ToArrow([.. Stream.Examples(3)], ["e-1"]), format: WireFormat.Arrow);
        Stream.Append(chunk, 1, null, ExampleEncoder.ToArrow([.. Stream.Examples(2)]), format: WireFormat.Arrow);
        var batch = Assert.Single(BatchAll(NewBatcher(), [chunk]));
        Assert.Equal([new Tombstone(3, ExampleKey.Of("e-1"))], batch.Tombstones);
        Assert.Equal(5, batch.Examples);
    }

    private static string Describe(ExampleBatch batch) => string.Join('\n', [
        $"{batch.Number} {string.Join(',', batch.ToScore)} {batch.Rows.Count} {batch.HeldOut.Count} {batch.After.Generator}",
        .. Enumerable.Range(0, batch.Rows.Count).Select(row =>
            $"{batch.SourceOf(row).Id} {batch.Sources[row].Key} {batch.Sources[row].EventTime:O} {batch.Rows.Labels[row]} {batch.Rows.Weights[row]} {Convert.ToHexString(batch.Rows.Payload(row))}"),
        .. Enumerable.Range(0, batch.HeldOut.Count).Select(row => $"{batch.HeldOutSources[row].Key} {Convert.ToHexString(batch.HeldOut.Payload(row))}"),
    ]);

    private Batcher NewBatcher(BatcherState? from = null, IReadOnlyList<StreamPosition>? positions = null)
    {
        var options = new PipelineOptions();
        options.Scoring.Share = 0.5;
        return new Batcher(
            Stream.Task,
            new ExampleDecoder(new WireLimits()),
            _deadLetters,
            32,
            new HeldOutSplit(0.1),
            new MiningBudget(options.ToBudgetSettings()),
            from ?? new BatcherState(0, new Xoshiro256StarStar(1).Save()),
            new ExpectedOffsets(positions ?? []),
            new PoisonRecordBisection(() => BisectionPlan.Plain));
    }

    private static List<ExampleBatch> BatchAll(Batcher batcher, IEnumerable<RecordChunk> chunks)
    {
        var batches = new List<ExampleBatch>();
        foreach (var chunk in chunks)
        {
            batcher.Load(chunk);
            while (batcher.Next() is { } batch)
                batches.Add(batch);
        }

        if (batcher.EndBatch() is { } last)
            batches.Add(last);
        return batches;
    }
}
