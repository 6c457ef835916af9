using HnmStreams.Pipeline.Cluster.Wire;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>The last steps of a batch on a node: the acknowledgement of its dead letters and predictions, and its form on the wire.</summary>
/// <param name="session">Canceled when the session ends.</param>
/// <remarks>Parts are made of one batch at a time.</remarks>
internal sealed class BatchSending(NodeParts node, LearnerBounds bounds, PayloadSelection selection, ReadPositions positions, CancellationToken session)
{
    /// <summary>The number of batches that wait for acknowledgements at once.</summary>
    public const int Parallelism = 4;

    /// <summary>Waits until the dead letters and predictions of a batch are acknowledged: once the learner has admitted the batch, its records are not read again.</summary>
    /// <remarks>Thread-safe.</remarks>
    public async Task<ExampleBatch> AcknowledgeAsync(ExampleBatch batch)
    {
        if (batch.DeadLettered > 0)
            await node.Inputs.DeadLetters.FlushAsync(session);
        if (batch.Predictions is not null && node.Inputs.Predictions is { } predictions)
            await predictions.FlushAsync(session);
        return batch;
    }

    /// <summary>Returns the parts of a batch, which it disposes.</summary>
    public IEnumerable<byte[]> Parts(ExampleBatch batch)
    {
        using (batch)
        {
            var payloads = new PayloadBytes();
            var written = ScoredBatchCodec.Write(batch, positions.Pass(batch), selection, bounds.Newest, payloads).Written;
            node.Counts.Add(batch.Scores?.Hardness.Length ?? 0, batch.DeadLettered, payloads.Of(written.Length));
            return [.. BatchParts.Split(written)];
        }
    }
}
