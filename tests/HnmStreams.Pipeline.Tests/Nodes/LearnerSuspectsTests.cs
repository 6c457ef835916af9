using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Pipeline.Nodes;
using HnmStreams.Pipeline.Tests.Fixtures;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Nodes;

public sealed class LearnerSuspectsTests
{
    [Fact]
    public void The_first_batch_of_each_new_partition_is_announced_also_if_it_interrupts_a_batch_of_another()
    {
        var chunk = new RecordChunk();
        Append(chunk, partition: 1, 0..6);
        Append(chunk, partition: 0, 0..6);
        var batches = Batch(chunk, new LearnerSuspects(Welcome([])));
        Assert.Equal(
            [(true, Span(1, 0, 3)), (false, Span(1, 4, 5)), (true, Span(0, 0, 3)), (false, Span(0, 4, 5))],
            batches.Select(batch => (batch.SuspectedRange >= 0, batch.Spans.Single())));
    }

    [Fact]
    public void A_partition_that_the_learner_knows_is_not_announced()
    {
        var chunk = new RecordChunk();
        Append(chunk, partition: 0, 3..9);
        var batches = Batch(chunk, new LearnerSuspects(Welcome([new StreamPosition("t", 0, 3)])));
        Assert.All(batches, batch => Assert.Equal(-1, batch.SuspectedRange));
        Assert.Equal([4, 2], batches.Select(batch => batch.Examples));
    }

    [Fact]
    public void Each_suspected_record_is_announced_by_itself()
    {
        var chunk = new RecordChunk();
        Append(chunk, partition: 0, 0..2);
        Append(chunk, partition: 1, 1..2);
        Append(chunk, partition: 0, 2..6);
        var welcome = Welcome([new StreamPosition("t", 0, 0), new StreamPosition("t", 1, 0)]) with { Suspects = [Span(0, 1, 3), Span(1, 1, 1)] };
        Assert.Equal(
            [(false, Span(0, 0, 0)), (true, Span(0, 1, 1)), (true, Span(1, 1, 1)), (true, Span(0, 2, 2)), (true, Span(0, 3, 3)), (false, Span(0, 4, 5))],
            Batch(chunk, new LearnerSuspects(welcome)).Select(batch => (batch.SuspectedRange >= 0, batch.Spans.Single())));
    }

    [Fact]
    public void A_session_of_the_first_version_announces_nothing()
    {
        var chunk = new RecordChunk();
        Append(chunk, partition: 0, 0..3);
        var batch = Assert.Single(Batch(chunk, new LearnerSuspects(Welcome([]) with { Protocol = 1 })));
        Assert.Equal(-1, batch.SuspectedRange);
    }

    private static EdgeMessage.Welcome Welcome(IReadOnlyList<StreamPosition> positions) => new(
        1, 1, 1, positions, Beginning, new object(), "http://127.0.0.1:1/", new EdgeMessage.Admitted(1, positions, [], 0, KeepBounds.All));

    private static BatcherState Beginning => new(0, new Xoshiro256StarStar(1).Save());

    private static OffsetSpan Span(int partition, long first, long last) => new("t", partition, first, last);

    private static void Append(RecordChunk chunk, int partition, Range offsets)
    {
        for (var offset = offsets.Start.Value; offset < offsets.End.Value; offset++)
        {
            var id = $"{partition}-{offset}";
            Stream.Append(chunk, offset, id, ExampleEncoder.ToProtobuf(Stream.Of(id, 0, 1, 2, 3, 4)), partition);
        }
    }

    private static List<ExampleBatch> Batch(RecordChunk chunk, LearnerSuspects suspects)
    {
        var budget = new MiningBudget(new PipelineOptions().ToBudgetSettings());
        using var batcher = new Batcher(Stream.Task, new ExampleDecoder(new WireLimits()), new MemoryDeadLetters(), 4, new HeldOutSplit(0), budget, Beginning, new ExpectedOffsets([]), suspects);
        batcher.Load(chunk);
        var batches = new List<ExampleBatch>();
        while (batcher.Next() is { } batch)
            batches.Add(batch);
        if (batcher.EndBatch() is { } last)
            batches.Add(last);
        return batches;
    }
}
