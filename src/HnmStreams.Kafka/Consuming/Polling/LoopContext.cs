using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming.Chunks;
using HnmStreams.Kafka.Consuming.Groups;
using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Kafka.Offsets;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Consuming.Polling;

/// <summary>The settings and shared parts of one consumer loop.</summary>
/// <param name="Listener">Told of rebalances, or null if nothing depends on them.</param>
internal sealed record LoopContext(
    string Topic,
    string GroupId,
    ConsumingOptions Options,
    LoopState State,
    StartOffsets Start,
    ChunkBuilder Builder,
    ChunkChannel Channel,
    CommitQueue Commits,
    RestartQueue Restarts,
    IRebalanceListener? Listener,
    TimeProvider Time,
    ILogger Logger);
