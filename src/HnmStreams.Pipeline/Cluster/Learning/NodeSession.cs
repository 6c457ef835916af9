using Akka.Actor;
using Akka.Streams;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Cluster.Protocol;

namespace HnmStreams.Pipeline.Cluster.Learning;

/// <summary>
/// The learner's side of a session with a score node, from <see cref="EdgeMessage.Hello"/> until the first batch that is not admitted, the
/// silence of the node or its end. After the end of a session nothing of it is admitted anymore.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NodeSession(long id, EdgeMessage.Hello hello, IActorRef actor, long openedAt)
{
    private volatile bool _isEnded;
    private long _heardAt = openedAt;
    private long _admittedAt;
    private long _batches;
    private long _bytes;

    public long Id => id;

    /// <summary>The name of the node.</summary>
    public string Node => hello.Node;

    /// <summary>The greeting of the node.</summary>
    public EdgeMessage.Hello Hello => hello;

    /// <summary>The suspected offsets that the node has announced and that have not returned from native code; null if there are none. Used by the edge actor only.</summary>
    public IReadOnlyList<OffsetSpan>? InNativeCode { get; private set; }

    /// <summary>The first offsets of each partition that the node has announced. Used by the edge actor only.</summary>
    public List<OffsetSpan> FirstAnnounced { get; } = [];

    /// <summary>The timestamp of the greeting.</summary>
    public long OpenedAt { get; } = openedAt;

    /// <summary>Receives the learner's messages.</summary>
    public IActorRef Actor => actor;

    public bool IsEnded => _isEnded;

    /// <summary>Ends the stream of batches.</summary>
    public UniqueKillSwitch? Stream { get; set; }

    /// <summary>The newest figures of the node; null before the first.</summary>
    public EdgeMessage.Alive? Figures { get; private set; }

    /// <summary>The timestamp of the node's last message.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>The timestamp of the last admission; 0 before the first.</summary>
    public long AdmittedAt => Volatile.Read(ref _admittedAt);

    /// <summary>The number of batches that were admitted.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>The bytes of the batches that were admitted.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Rows scored per second, between the last two messages.</summary>
    public double ScoredPerSecond { get; private set; }

    /// <summary>Notes a message of the node.</summary>
    /// <returns>The compute time of scoring since its last message in this session.</returns>
    public TimeSpan Heard(EdgeMessage.Alive figures, TimeProvider time)
    {
        var scoring = TimeSpan.Zero;
        if (Figures is { } before)
        {
            scoring = TimeSpan.FromSeconds(Math.Clamp(figures.Seconds - before.Seconds, 0, TimeSpan.MaxValue.TotalSeconds / 2));
            if (time.GetElapsedTime(HeardAt).TotalSeconds is > 0 and var seconds)
                ScoredPerSecond = Math.Max(0, figures.Scored - before.Scored) / seconds;
        }

        Figures = figures;
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        return scoring;
    }

    /// <summary>Notes what the node is about to pass to native code by itself; null once that has returned. Used by the edge actor only.</summary>
    public void NoteNativeCode(IReadOnlyList<OffsetSpan>? offsets)
    {
        InNativeCode = offsets;
        foreach (var span in offsets ?? [])
        {
            if (!FirstAnnounced.Exists(first => first.Partition == span.Partition && string.Equals(first.Topic, span.Topic, StringComparison.Ordinal)))
                FirstAnnounced.Add(span);
        }
    }

    public void Admitted(int bytes, long at)
    {
        Volatile.Write(ref _admittedAt, at);
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Ends the session. The node is asked to read again from the admitted positions.</summary>
    /// <param name="reason">Null if the node has ended it.</param>
    public void End(string? reason)
    {
        if (_isEnded)
            return;
        _isEnded = true;
        Stream?.Shutdown();
        if (reason is not null)
            actor.Tell(new EdgeMessage.Rewind(id, reason), ActorRefs.NoSender);
    }
}
