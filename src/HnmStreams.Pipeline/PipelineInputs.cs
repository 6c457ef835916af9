using System.Threading.Channels;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;

namespace HnmStreams.Pipeline;

/// <summary>What the pipeline sees of the outside: never Kafka itself.</summary>
/// <param name="Records">Chunks of records; the pipeline disposes each. Its end is the end of the stream.</param>
/// <param name="InitialWeights">Path of safetensors to start from, or null for fresh weights.</param>
/// <param name="TestSet">A labelled set to judge by when asked, or null.</param>
/// <param name="HardNegatives">Hears of what the pool keeps, or null.</param>
/// <param name="Durable">Where the state is kept; null keeps none.</param>
public sealed record PipelineInputs(
    ChannelReader<RecordChunk> Records,
    IDeadLetterSink DeadLetters,
    IPositionSink Positions,
    WireLimits Limits,
    string? InitialWeights = null,
    IReadOnlyList<Example>? TestSet = null,
    DurableState? Durable = null,
    IHardNegativeSink? HardNegatives = null);

/// <summary>Where a learner's state is kept.</summary>
/// <param name="Resume">The checkpoint to go on from, which the caller disposes once the pipeline has started; null begins anew.</param>
public sealed record DurableState(CheckpointStore Store, IPositionCommitter Positions, ResumePoint? Resume);
