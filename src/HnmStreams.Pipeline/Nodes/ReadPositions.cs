using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>The positions from which a node reads on, partition by partition: those that the learner expects, and then those behind each batch.</summary>
/// <param name="expected">The positions that the learner expected when the session began.</param>
/// <remarks>One owner. O(partitions of the batch).</remarks>
internal sealed class ReadPositions(IReadOnlyList<StreamPosition> expected)
{
    private readonly Dictionary<(string Topic, int Partition), long> _next = expected.ToDictionary(p => (p.Topic, p.Partition), p => p.NextOffset);

    /// <summary>Returns the position before each span of a batch, or -1 if the learner knows nothing of its partition, and moves behind the batch.</summary>
    public IReadOnlyList<long> Pass(ExampleBatch batch)
    {
        var before = new long[batch.Spans.Count];
        for (var i = 0; i < before.Length; i++)
        {
            var span = batch.Spans[i];
            before[i] = _next.GetValueOrDefault((span.Topic, span.Partition), -1);
            _next[(span.Topic, span.Partition)] = batch.PositionAfter(span);
        }

        return before;
    }
}
