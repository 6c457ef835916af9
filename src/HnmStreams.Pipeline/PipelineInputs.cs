using System.Threading.Channels;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Cluster;

namespace HnmStreams.Pipeline;

/// <summary>The inputs and outputs of the pipeline, which does not know Kafka.</summary>
/// <param name="Records">Chunks of records, which the pipeline disposes. Its end is the end of the stream. Null with <see cref="Edge"/>.</param>
/// <param name="Decoder">Decodes the records. <see cref="IRecordDecoder.PrepareAsync"/> was called for each chunk before.</param>
/// <param name="InitialWeights">The path of a safetensors file with initial weights; null for random weights.</param>
/// <param name="TestSet">A labeled set that is evaluated on request; null if none exists.</param>
/// <param name="HardNegatives">Receives the candidates that enter and leave the pool, on the ranking stage's thread; null if none exists. It must not wait.</param>
/// <param name="Durable">The storage of the state; null keeps none.</param>
/// <param name="Predictions">Receives the predictions of unlabeled examples. It may wait, which holds up the stream. Null if they are not published.</param>
/// <param name="Labels">The way in which labels arrive; null means inline.</param>
public sealed record PipelineInputs(
    ChannelReader<RecordChunk>? Records,
    IDeadLetterSink DeadLetters,
    IPositionSink Positions,
    IRecordDecoder Decoder,
    string? InitialWeights = null,
    IReadOnlyList<Example>? TestSet = null,
    DurableState? Durable = null,
    IHardNegativeSink? HardNegatives = null,
    IPredictionSink? Predictions = null,
    LabelsOptions? Labels = null)
{
    /// <summary>Receives the requests for labels and their ends. It may wait, which holds up the stream. Null if they are not published.</summary>
    public ILabelRequestSink? LabelRequests { get; init; }

    /// <summary>Receives the batches of score nodes, in place of <see cref="Records"/>. Null if this process reads and scores by itself.</summary>
    public LearnerEdge? Edge { get; init; }

    /// <summary>Completes when all records written so far are acknowledged: a checkpoint must not pass one that is not.</summary>
    internal async Task AcknowledgeAsync(CancellationToken cancellation)
    {
        await DeadLetters.FlushAsync(cancellation);
        if (Predictions is { } predictions)
            await predictions.FlushAsync(cancellation);
        if (LabelRequests is { } requests)
            await requests.FlushAsync(cancellation);
    }
}

/// <summary>The storage of a learner's state.</summary>
/// <param name="Resume">The checkpoint to resume from, which the caller disposes once the pipeline has started; null starts without one.</param>
public sealed record DurableState(CheckpointStore Store, IPositionCommitter Positions, ResumePoint? Resume);
