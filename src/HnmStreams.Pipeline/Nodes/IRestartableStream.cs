using System.Threading.Channels;
using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>The records that a score node reads, as a member of a consumer group.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IRestartableStream
{
    /// <summary>The partitions that are assigned now.</summary>
    IReadOnlyList<int> Partitions { get; }

    /// <summary>Bytes of keys and values read so far.</summary>
    long BytesRead { get; }

    /// <summary>Records that are still to read.</summary>
    long Lag { get; }

    /// <summary>Reads every assigned partition again from a position, or from the start of the stream if it has none. Joins the group if this is no member of it.</summary>
    /// <param name="positions">The positions that the learner expects, of all partitions.</param>
    /// <param name="session">Ends the returned stream.</param>
    /// <returns>The records since then. The reader disposes the chunks.</returns>
    /// <exception cref="InvalidOperationException">The consumer has ended.</exception>
    Task<ChannelReader<RecordChunk>> RestartAsync(IReadOnlyList<StreamPosition> positions, CancellationToken session);

    /// <summary>Returns a task that completes when partitions are assigned or revoked after the last restart, or fails if the consumer does.</summary>
    Task WaitForChangeAsync();

    /// <summary>Leaves the group between two sessions, so that other members read the partitions. No effect if this is no member.</summary>
    Task LeaveAsync();

    /// <summary>Notes the positions that the learner has taken in: partitions that are assigned from now on start there.</summary>
    void Admitted(IReadOnlyList<StreamPosition> positions);

    /// <summary>Commits the positions of a checkpoint, of the partitions that are assigned. A failure is not reported: the next commit includes it.</summary>
    Task CommitAsync(IReadOnlyList<StreamPosition> durable);
}
