using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing.Crashes;

/// <summary>The kind of work in native code. A record that is scored without a crash may still crash training, so they are tracked separately.</summary>
internal enum NativeWork : byte
{
    Scoring = 1,
    Training = 2,
    Evaluating = 3,
    Encoding = 4,
}

/// <summary>The offsets of a batch that was passed to native code.</summary>
/// <param name="Epoch">The epoch of the learner.</param>
internal sealed record InFlightOffsets(NativeWork Work, long Epoch, IReadOnlyList<OffsetSpan> Offsets)
{
    public bool Holds(string topic, int partition, long offset) => Offsets.Any(
        o => o.Partition == partition && o.First <= offset && offset <= o.Last && string.Equals(o.Topic, topic, StringComparison.Ordinal));

    public InFlightOffsets Without(Origin record) =>
        this with { Offsets = OffsetSet.Except(OffsetSet.Of(Offsets), [new OffsetSpan(record.Topic, record.Partition, record.Offset, record.Offset)]) };
}

/// <summary>Offsets one of which may crash the process.</summary>
/// <param name="Crashes">The number of crashes with some of them in flight.</param>
/// <param name="CrashedAlone">True if the last crash had a batch of this one offset in flight, and nothing else.</param>
internal sealed record SuspectedOffsets(NativeWork Work, IReadOnlyList<OffsetSpan> Offsets, int Crashes, bool CrashedAlone);

/// <summary>An offset that was found to crash the process. Its record is dead-lettered.</summary>
/// <param name="Crashes">The number of crashes until it was found.</param>
internal sealed record PoisonRecord(NativeWork Work, string Topic, int Partition, long Offset, int Crashes)
{
    public bool Is(string topic, int partition, long offset) =>
        Partition == partition && Offset == offset && string.Equals(Topic, topic, StringComparison.Ordinal);
}

/// <summary>The conclusions from the crashes of earlier runs.</summary>
/// <param name="Run">The number of starts. A crash is counted by the next run only, so never twice.</param>
internal sealed record CrashHistory(int Format, long Run, IReadOnlyList<SuspectedOffsets> Suspects, IReadOnlyList<PoisonRecord> PoisonRecords)
{
    public const int CurrentFormat = 2;

    public static CrashHistory None { get; } = new(CurrentFormat, 0, [], []);
}

/// <summary>The instructions for the next batches.</summary>
/// <param name="SuspectedRanges">The ranges to process as their own batches, in this order, with nothing else in native code at the same time. The plan must be read again after each.</param>
/// <param name="DeadLetter">The records that must not be passed to native code.</param>
internal sealed record BisectionPlan(IReadOnlyList<InFlightOffsets> SuspectedRanges, IReadOnlyList<PoisonRecord> DeadLetter)
{
    public static BisectionPlan Plain { get; } = new([], []);

    public bool IsPlain => SuspectedRanges.Count == 0 && DeadLetter.Count == 0;
}
