using System.Threading.Channels;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Pipeline.Scoring;

namespace HnmStreams.Pipeline;

/// <summary>
/// The path of the data, from top to bottom: records, mini-batches, scored batches, pool and reservoirs, positions.
/// Draws, losses and weights come back by the ranking port and the publisher, so the graph has no cycle.
/// </summary>
internal static class MiningGraph
{
    // Batches are large: one waiting batch per boundary keeps all stages busy. Sixteen would only be older.
    internal static readonly Attributes OneInFlight = Attributes.CreateInputBuffer(1, 1);

    /// <param name="encoder">Computes the features of a batch; null if the task's rows are complete when they are encoded.</param>
    /// <returns>The graph. Its materialized task ends with the stream, or fails with the learner.</returns>
    public static IRunnableGraph<Task> Build(
        ChannelReader<RecordChunk> records,
        SharedKillSwitch killSwitch,
        BatchStage batching,
        RowFinisher? encoder,
        ScoringGateway scoring,
        int batchesInScoring,
        PredictionPublisher? predictions,
        RankingStage ranking,
        IPositionSink positions) =>
        ChannelSource.FromReader(records)
            .Via(killSwitch.Flow<RecordChunk>())
            .Via(Encoded(batching, encoder)).Async().AddAttributes(OneInFlight)
            .Via(Scored(scoring, batchesInScoring, predictions)).Async().AddAttributes(OneInFlight)
            .Via(ranking).Async().AddAttributes(OneInFlight)
            .ToMaterialized(Sink.ForEach<IReadOnlyList<StreamPosition>>(positions.Advance), (_, done) => (Task)done);

    /// <summary>Returns the flow that scores batches. Predictions are published in the order of the stream, so that the newest one of an id is the last.</summary>
    internal static Flow<ExampleBatch, ExampleBatch, NotUsed> Scored(ScoringGateway scoring, int batchesInScoring, PredictionPublisher? predictions)
    {
        var scored = Akka.Streams.Dsl.Flow.Create<ExampleBatch>().SelectAsync(batchesInScoring, scoring.ScoreAsync);
        return predictions is null ? scored : scored.Select(predictions.Publish);
    }

    /// <summary>Returns the flow that turns chunks into encoded batches.</summary>
    internal static IGraph<FlowShape<RecordChunk, ExampleBatch>, NotUsed> Encoded(BatchStage batches, RowFinisher? encoder)
    {
        if (encoder is null)
            return batches;
        return Akka.Streams.Dsl.Flow.FromGraph(batches).Async().AddAttributes(OneInFlight).SelectAsync(encoder.Parallelism, encoder.FinishAsync);
    }
}
