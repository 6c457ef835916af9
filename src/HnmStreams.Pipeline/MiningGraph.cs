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
    /// <summary>Returns the source of scored batches of a process that reads and scores by itself. With score nodes, <see cref="Cluster.LearnerEdge"/> takes its place.</summary>
    /// <param name="encoder">Computes the features of a batch; null if the task's rows are complete when they are encoded.</param>
    public static Source<ExampleBatch, NotUsed> Scored(
        ChannelReader<RecordChunk> records,
        BatchStage batching,
        RowFinisher? encoder,
        ScoringGateway scoring,
        int batchesInScoring,
        PredictionPublisher? predictions,
        SharedKillSwitch killSwitch) =>
        ChannelSource.FromReader(records)
            .Via(killSwitch.Flow<RecordChunk>())
            .Via(Encoded(batching, encoder)).Async().AddAttributes(StreamBuffers.OneInFlight)
            .Via(Scored(scoring, batchesInScoring, predictions)).Async().AddAttributes(StreamBuffers.OneInFlight);

    /// <summary>Returns the graph from scored batches to positions.</summary>
    /// <param name="teacher">Checks candidates before they are ranked; null if none does.</param>
    /// <returns>Its materialized task ends with the stream, or fails with the learner.</returns>
    public static IRunnableGraph<Task> Build(Source<ExampleBatch, NotUsed> scored, TeacherCheck? teacher, RankingStage ranking, IPositionSink positions) =>
        (teacher is null ? scored : scored.SelectAsync(teacher.Parallelism, teacher.CheckAsync))
            .Via(ranking).Async().AddAttributes(StreamBuffers.OneInFlight)
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
        return Akka.Streams.Dsl.Flow.FromGraph(batches).Async().AddAttributes(StreamBuffers.OneInFlight).SelectAsync(encoder.Parallelism, encoder.FinishAsync);
    }
}
