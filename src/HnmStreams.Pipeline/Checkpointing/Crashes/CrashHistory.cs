using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Checkpointing.Crashes;

/// <summary>What native code was busy with. A record that is scored without harm may still kill in training, so these are judged apart.</summary>
internal enum NativeWork : byte
{
    Scoring = 1,
    Training = 2,
    Evaluating = 3,
}

/// <summary>What a batch was made of when it was handed to native code.</summary>
/// <param name="Epoch">Of the learner.</param>
internal sealed record Cut(NativeWork Work, long Epoch, IReadOnlyList<OffsetSpan> Offsets)
{
    public bool Holds(string topic, int partition, long offset) => Offsets.Any(
        o => o.Partition == partition && o.First <= offset && offset <= o.Last && string.Equals(o.Topic, topic, StringComparison.Ordinal));
}

/// <summary>Offsets one of which may kill the process.</summary>
/// <param name="Deaths">Times that the process died with some of them in flight.</param>
/// <param name="DiedAlone">The last death met one offset with nothing beside it in its batch.</param>
internal sealed record Suspect(NativeWork Work, IReadOnlyList<OffsetSpan> Offsets, int Deaths, bool DiedAlone);

/// <summary>An offset that was found to kill the process, and is dead-lettered whenever it comes by.</summary>
/// <param name="Deaths">That it took to find it.</param>
internal sealed record PoisonRecord(NativeWork Work, string Topic, int Partition, long Offset, int Deaths)
{
    public bool Is(string topic, int partition, long offset) =>
        Partition == partition && Offset == offset && string.Equals(Topic, topic, StringComparison.Ordinal);
}

/// <summary>What earlier runs died of.</summary>
/// <param name="Run">Counts the starts; a death is counted by the next run only, so never twice.</param>
internal sealed record CrashHistory(int Format, long Run, IReadOnlyList<Suspect> Suspects, IReadOnlyList<PoisonRecord> Culprits)
{
    public const int CurrentFormat = 1;

    public static CrashHistory None { get; } = new(CurrentFormat, 0, [], []);
}

/// <summary>What the batching has to do about it.</summary>
/// <param name="Isolate">Each to be a batch of its own, in this order, with nothing else in native code meanwhile. Ask for the plan again after each.</param>
/// <param name="DeadLetter">Not to be handed to native code any more.</param>
internal sealed record BisectionPlan(IReadOnlyList<Cut> Isolate, IReadOnlyList<PoisonRecord> DeadLetter)
{
    public static BisectionPlan Plain { get; } = new([], []);

    public bool IsPlain => Isolate.Count == 0 && DeadLetter.Count == 0;
}
