using System.Threading.Channels;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Scoring;

namespace HnmStreams.Pipeline;

/// <summary>
/// The way of the data, from top to bottom:
/// records, mini-batches, scored batches, pool and reservoirs, positions. What comes back (draws, losses, weights)
/// comes by the ranking port and the publisher, so the graph has no cycle.
/// </summary>
internal static class MiningGraph
{
    // Batches are big: one waiting on each side of a boundary keeps everybody busy, sixteen would only be older.
    private static readonly Attributes OneInFlight = Attributes.CreateInputBuffer(1, 1);

    /// <returns>The graph; its materialized task ends with the stream, or fails with the learner.</returns>
    public static IRunnableGraph<Task> Build(
        ChannelReader<RecordChunk> records,
        SharedKillSwitch killSwitch,
        BatchStage cut,
        ScoringGateway scoring,
        int batchesInScoring,
        RankingStage ranking,
        IPositionSink positions) =>
        ChannelSource.FromReader(records)
            .Via(killSwitch.Flow<RecordChunk>())
            .Via(cut).Async().AddAttributes(OneInFlight)
            .SelectAsync(batchesInScoring, scoring.ScoreAsync).Async().AddAttributes(OneInFlight)
            .Via(ranking).Async().AddAttributes(OneInFlight)
            .ToMaterialized(Sink.ForEach<IReadOnlyList<StreamPosition>>(positions.Advance), (_, done) => (Task)done);
}
