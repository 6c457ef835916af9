using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Memory.Waiting.Joining;
using HnmStreams.Pipeline.Memory.Waiting.Storage;

namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>The number of events by what followed from them, and the present number of records by state. Part of the store's state.</summary>
/// <remarks>One owner, one thread.</remarks>
internal sealed class WaitingCounters
{
    private const string Structure = "waiting store";

    private readonly long[] _actions = new long[Enum.GetValues<JoinAction>().Length];
    private readonly long[] _states = new long[Enum.GetValues<WaitingState>().Length];
    private readonly long[] _evicted = new long[Enum.GetValues<WaitingState>().Length];
    private long _presumedTurned;

    /// <summary>The sequence of the last input.</summary>
    public long Sequence { get; set; }

    /// <summary>The latest time that the store knows, in ticks (UTC). Time does not go back, whatever the clock does.</summary>
    public long Now { get; set; }

    public long Count { get; private set; }

    /// <summary>The bytes of all records, before compression.</summary>
    public long Bytes { get; private set; }

    /// <summary>Counts a decision.</summary>
    public void Take(in WaitingRecord before, in JoinDecision decision, bool isEviction)
    {
        _actions[(int)decision.Action]++;
        if (isEviction)
            _evicted[(int)before.State]++;
        if (decision.Action == JoinAction.Corrected && before.State == WaitingState.Presumed && decision.Next.Label.Class != before.Label.Class)
            _presumedTurned++;
        Move(before, -1);
        Move(decision.Next, 1);
    }

    public WaitingStatus ToStatus() => new(
        Count,
        Bytes,
        _states[(int)WaitingState.Input],
        _states[(int)WaitingState.Label],
        _states[(int)WaitingState.Joined],
        _states[(int)WaitingState.Presumed],
        _actions[(int)JoinAction.Joined],
        _actions[(int)JoinAction.Corrected],
        _actions[(int)JoinAction.Confirmed],
        _actions[(int)JoinAction.Presumed],
        _presumedTurned,
        _actions[(int)JoinAction.Dropped],
        _actions[(int)JoinAction.LabelDropped],
        _actions[(int)JoinAction.LabelRepeated],
        _actions[(int)JoinAction.LabelStale],
        _actions[(int)JoinAction.InputRepeated],
        _actions[(int)JoinAction.InputReplaced],
        _actions[(int)JoinAction.Removed],
        _evicted[(int)WaitingState.Input],
        _evicted[(int)WaitingState.Label],
        _evicted[(int)WaitingState.Joined] + _evicted[(int)WaitingState.Presumed]);

    public void Save(StateWriter writer)
    {
        writer.Begin(Structure, 1);
        writer.WriteArray<long>(_actions);
        writer.WriteArray<long>(_states);
        writer.WriteArray<long>(_evicted);
        foreach (var value in (ReadOnlySpan<long>)[_presumedTurned, Sequence, Now, Count, Bytes])
            writer.WriteInt64(value);
    }

    /// <exception cref="InvalidDataException">The state is not that of a waiting store.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        Copy(reader, _actions);
        Copy(reader, _states);
        Copy(reader, _evicted);
        _presumedTurned = reader.ReadInt64();
        (Sequence, Now, Count, Bytes) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        if (Sequence < 0 || Count < 0 || Bytes < 0 || _states.Sum() != Count)
            throw reader.Invalid($"{Count} waiting examples of {Bytes} bytes after {Sequence} inputs");
    }

    private static void Copy(StateReader reader, long[] to)
    {
        var saved = reader.ReadArray<long>();
        if (saved.Length != to.Length)
            throw reader.Invalid($"{saved.Length} counters instead of {to.Length}");
        saved.CopyTo(to, 0);
    }

    private void Move(in WaitingRecord record, int sign)
    {
        if (record.State == WaitingState.Absent)
            return;
        _states[(int)record.State] += sign;
        Count += sign;
        Bytes += sign * BytesOf(record);
    }

    private static long BytesOf(in WaitingRecord record) =>
        RecordCodec.KeyBytes + RecordCodec.RecordBytes + RecordCodec.DeadlineBytes + (record.HasInput ? RecordCodec.SequenceBytes + record.Input.Bytes : 0);
}
