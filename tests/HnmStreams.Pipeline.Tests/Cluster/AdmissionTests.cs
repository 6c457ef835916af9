using CsCheck;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Cluster.Learning;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Nodes;

namespace HnmStreams.Pipeline.Tests.Cluster;

/// <summary>Tests of the rule by which batches of nodes are taken into the state.</summary>
public sealed class AdmissionTests
{
    private const int Partitions = 3;

    private static readonly BatcherState Start = new(0, new Xoshiro256StarStar(1).Save());

    // A node reads some records, begins again, or another node takes its place.
    private static readonly Gen<(int Node, int Partition, int Records, bool BeginsAgain)> Step = Gen.Select(Gen.Int[0, 3], Gen.Int[0, Partitions - 1], Gen.Int[1, 5], Gen.Bool);

    [Fact]
    public void Whatever_nodes_read_every_record_is_admitted_once_and_in_order() =>
        Step.List[1, 200].Sample(
            steps =>
            {
                // Offsets 3, 6, 9… exist: the others were compacted.
                var admission = new Admission([], Start);
                var taken = Enumerable.Range(0, Partitions).Select(_ => new List<long>()).ToArray();
                var nodes = Enumerable.Range(0, 4).Select(_ => new NodeModel(admission)).ToArray();
                foreach (var (node, partition, records, beginsAgain) in steps)
                {
                    if (beginsAgain)
                        nodes[node] = new NodeModel(admission);
                    using var batch = nodes[node].Read(partition, records);
                    if (!admission.TryAdmit(batch))
                        nodes[node] = new NodeModel(admission);
                    else
                        taken[partition].AddRange(batch.Sources.Select(source => source.Origin.Offset));
                }

                foreach (var offsets in taken)
                    Assert.Equal(Enumerable.Range(0, offsets.Count).Select(i => 3L * i), offsets);
            },
            iter: 2_000);

    [Fact]
    public void Admitted_batches_are_numbered_and_keep_the_partial_records_of_all_nodes()
    {
        var admission = new Admission([new StreamPosition("t", 0, 5)], new BatcherState(7, Start.Generator));
        using var first = BatchOf(0, 5, 5, readFrom: 5);
        first.Incomplete = new Origin("t", 0, 5);
        first.After = Start with { Partials = [new PartialRecord(new Origin("t", 0, 5), 3)] };
        using var second = BatchOf(1, 0, 0, readFrom: -1);
        second.After = Start;
        Assert.True(admission.TryAdmit(first));
        Assert.True(admission.TryAdmit(second));
        Assert.Equal((7L, 8L), (first.Number, second.Number));
        Assert.Equal([new PartialRecord(new Origin("t", 0, 5), 3)], second.After.Partials);
        // The record is read again, because its last rows are missing.
        Assert.Contains(new StreamPosition("t", 0, 5), admission.Expected);
        using var rest = BatchOf(0, 5, 6, readFrom: 5);
        rest.After = Start;
        Assert.True(admission.TryAdmit(rest));
        Assert.Empty(rest.After.Partials);
        Assert.Contains(new StreamPosition("t", 0, 7), admission.Expected);
    }

    [Fact]
    public void A_batch_is_rejected_as_a_whole_if_one_of_its_partitions_does_not_continue()
    {
        var admission = new Admission([new StreamPosition("t", 0, 5), new StreamPosition("t", 1, 9)], Start);
        using var batch = BatchOf(0, 5, 5, readFrom: 5);
        batch.Spans.Add(new OffsetSpan("t", 1, 8, 8));
        batch.ReadFrom.Add(8);
        Assert.False(admission.TryAdmit(batch));
        Assert.Equal(1, admission.Rejected);
        Assert.Equal([new StreamPosition("t", 0, 5), new StreamPosition("t", 1, 9)], admission.Expected);
    }

    private static ExampleBatch BatchOf(int partition, long first, long last, long readFrom)
    {
        var batch = new ExampleBatch(0, 1);
        batch.Spans.Add(new OffsetSpan("t", partition, first, last));
        batch.ReadFrom.Add(readFrom);
        return batch;
    }

    /// <summary>A node that reads on from the positions that the learner expected when its session began.</summary>
    private sealed class NodeModel(Admission admission)
    {
        private readonly ReadPositions _positions = new(admission.Expected);
        private readonly Dictionary<int, long> _next = admission.Expected.ToDictionary(p => p.Partition, p => p.NextOffset);

        public ExampleBatch Read(int partition, int records)
        {
            var batch = new ExampleBatch(0, records) { After = Start };
            // The first record that exists at or above the position.
            var offset = (_next.GetValueOrDefault(partition) + 2) / 3 * 3;
            for (var i = 0; i < records; i++, offset += 3)
            {
                batch.Cover("t", partition, offset);
                batch.Sources.Add(new RowSource(default, "", new Origin("t", partition, offset)));
            }

            _next[partition] = offset - 2;
            batch.ReadFrom.AddRange(_positions.Pass(batch));
            return batch;
        }
    }
}
