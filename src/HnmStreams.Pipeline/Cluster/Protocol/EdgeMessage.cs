using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;

namespace HnmStreams.Pipeline.Cluster.Protocol;

/// <summary>A message between a score node and the learner, beside the stream of batches. All are below 64 KB.</summary>
internal abstract record EdgeMessage
{
    private EdgeMessage()
    {
    }

    /// <summary>Asks the learner for a session. Sent by the actor that receives the learner's messages.</summary>
    /// <param name="Protocol">See <see cref="EdgeProtocol.Version"/>.</param>
    /// <param name="Shape">Identifies task and network, see <see cref="EdgeProtocol.ShapeOf"/>.</param>
    /// <param name="Node">The name of the node.</param>
    internal sealed record Hello(int Protocol, string Shape, string Node) : EdgeMessage
    {
        /// <summary>The number of offsets of a partition that the node may have in work, from the learner's position on. From version 2.</summary>
        public int OffsetsInWork { get; init; }
    }

    /// <summary>The answer to <see cref="Hello"/> of the learner that holds the lease. A learner without it does not answer.</summary>
    /// <param name="Epoch">The epoch of the learner's lease.</param>
    /// <param name="Session">The number of the session, which the node's messages carry.</param>
    /// <param name="Seed">The seed of the learner.</param>
    /// <param name="Positions">The expected position of each partition.</param>
    /// <param name="Batcher">The state from which a single node continues, and the records of which the learner has the first rows.</param>
    /// <param name="Batches">Receives the parts of batches: a stream reference for an <c>ISinkRef</c> of byte arrays.</param>
    /// <param name="WeightsUrl">The address of the weights, with a slash at the end.</param>
    /// <param name="State">The present state, as in <see cref="Admitted"/>.</param>
    internal sealed record Welcome(
        long Epoch, long Session, ulong Seed, IReadOnlyList<StreamPosition> Positions, BatcherState Batcher, object Batches, string WeightsUrl, Admitted State) : EdgeMessage
    {
        /// <summary>The version of the protocol in which the session is held: that of the node's greeting.</summary>
        public int Protocol { get; init; } = EdgeProtocol.Version;

        /// <summary>The offsets one of which may crash the process of a node. The node scores each by itself, and announces it before. From version 2.</summary>
        public IReadOnlyList<OffsetSpan> Suspects { get; init; } = [];

        /// <summary>The records that crash the process. The node writes them to the dead letters. From version 2.</summary>
        public IReadOnlyList<PoisonRecord> PoisonRecords { get; init; } = [];
    }

    /// <summary>The node is about to pass suspected offsets to native code, with nothing else in it. It waits for <see cref="Noted"/>. From version 2.</summary>
    internal sealed record Entering(long Session, IReadOnlyList<OffsetSpan> Offsets) : EdgeMessage;

    /// <summary>The call that was announced by <see cref="Entering"/> has returned. The node waits for <see cref="Noted"/>. From version 2.</summary>
    internal sealed record Returned(long Session) : EdgeMessage;

    /// <summary>The answer to <see cref="Entering"/> and <see cref="Returned"/>.</summary>
    internal sealed record Noted(long Session) : EdgeMessage;

    /// <summary>The learner refuses the node, for example because of another protocol version.</summary>
    internal sealed record Refused(string Reason) : EdgeMessage;

    /// <summary>The state of the learner, sent every 50 ms. Also the sign that the learner is alive.</summary>
    /// <param name="Epoch">The epoch of the learner's lease.</param>
    /// <param name="Positions">The positions up to which batches are in the state, of all partitions.</param>
    /// <param name="Durable">The positions of the newest checkpoint, which may be committed.</param>
    /// <param name="Version">The newest version of the weights.</param>
    internal sealed record Admitted(long Epoch, IReadOnlyList<StreamPosition> Positions, IReadOnlyList<StreamPosition> Durable, long Version, KeepBounds Bounds) : EdgeMessage
    {
        /// <summary>The promoted version, which predicts unlabeled examples; -1 before the first promotion and without a gate, when the newest predicts. Null if labels are inline.</summary>
        public long? Served { get; init; }
    }

    /// <summary>A batch was not admitted, or the learner ends. The node drops what it has read and asks for a new session.</summary>
    internal sealed record Rewind(long Session, string Reason) : EdgeMessage;

    /// <summary>The sign that a node is alive, sent every second, with its figures for the page.</summary>
    /// <param name="Partitions">The partitions that it reads.</param>
    /// <param name="Scored">Rows scored since the node's start.</param>
    /// <param name="Seconds">Compute seconds of scoring since the node's start.</param>
    /// <param name="BytesRead">Bytes of keys and values read since the node's start.</param>
    /// <param name="BytesSent">Bytes of batches sent to the learner since the node's start.</param>
    /// <param name="Lag">Records that are still to read.</param>
    /// <param name="Version">The version of the weights that it scores with.</param>
    internal sealed record Alive(long Session, IReadOnlyList<int> Partitions, long Scored, double Seconds, long BytesRead, long BytesSent, long Lag, long Version) : EdgeMessage;

    /// <summary>The node ends the session: nothing more follows from it.</summary>
    internal sealed record Leave(long Session) : EdgeMessage;
}
