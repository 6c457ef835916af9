using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>The counts of what the stream has brought, since the first batch of this learner. Saved in checkpoints.</summary>
/// <param name="Consumed">Decodable examples taken into the state, held-out ones included.</param>
/// <param name="Scored">Examples that a scorer saw before they were trained on.</param>
/// <param name="HeldOut">Examples that are never trained on.</param>
/// <param name="DeadLettered">Records that could not become an example.</param>
/// <param name="FailedBatches">Batches that could not be scored, after the second try.</param>
/// <param name="Forgotten">Tombstones taken in.</param>
/// <param name="Corrections">Records that replaced an earlier record of the same id with another label, payload or weight.</param>
/// <param name="Repeats">Records that arrived a second time and were dropped.</param>
/// <param name="WeightsClipped">Examples whose weight was reduced to <c>wire.maxWeight</c>.</param>
public sealed record StreamCounters(
    long Consumed, long Scored, long HeldOut, long DeadLettered, long FailedBatches, long Forgotten, long Repeats, long WeightsClipped = 0, long Corrections = 0)
{
    private const string Structure = "stream counters";

    /// <summary>The counts before the first batch.</summary>
    public static StreamCounters Zero { get; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Returns the counts after one more batch.</summary>
    internal StreamCounters After(ExampleBatch batch, int scored, int corrections) => new(
        Consumed + batch.Examples,
        Scored + scored,
        HeldOut + batch.HeldOut.Count,
        DeadLettered + batch.DeadLettered,
        FailedBatches + (batch.Failure is null ? 0 : 1),
        Forgotten + batch.Tombstones.Count,
        Repeats + batch.Repeats,
        WeightsClipped + batch.WeightsClipped,
        Corrections + corrections);

    internal void Save(StateWriter writer)
    {
        writer.Begin(Structure, 1);
        writer.WriteArray<long>([Consumed, Scored, HeldOut, DeadLettered, FailedBatches, Forgotten, Repeats, WeightsClipped, Corrections]);
    }

    /// <exception cref="InvalidDataException">The state is not that of such counters.</exception>
    internal static StreamCounters Read(StateReader reader)
    {
        reader.Expect(Structure, 1);
        return reader.ReadArray<long>() is [var consumed, var scored, var heldOut, var deadLettered, var failed, var forgotten, var repeats, var clipped, var corrections]
            ? new StreamCounters(consumed, scored, heldOut, deadLettered, failed, forgotten, repeats, clipped, corrections)
            : throw reader.Invalid("another number of counters");
    }
}
