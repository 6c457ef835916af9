using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// Decides if mining may begin: examples that a model no better than chance finds hard are hard by chance. The check is
/// repeated by counts of scored examples, not by time, so that a replay decides alike.
/// </summary>
/// <param name="batchSize">The number of examples per mini-batch. Image batches hold eight, and a check every few thousand examples would never come.</param>
/// <remarks>Not thread-safe.</remarks>
internal sealed class ChanceGate(int batchSize)
{
    private const long CheckInterval = 2_048, CheckIntervalInBatches = 16;

    // While only few examples are scored, a check costs no more than their scoring.
    private const long CheckIntervalIfFewAreScored = 256;

    // A model that beats chance rarely falls back.
    private const long IntervalFactorOnceOpen = 10;

    private const string Structure = "chance gate";

    /// <summary>True if the model beats chance, so that mining may begin or go on.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The number of scored examples, from the beginning, at which the next check is due.</summary>
    public long NextCheck { get; private set; }

    public bool IsDue(long scored) => scored >= NextCheck;

    /// <summary>Delays the first check until a few examples are scored. For a start at which only few are.</summary>
    public void BeginWithFew() => NextCheck = CheckIntervalIfFewAreScored;

    /// <summary>Records the result of a check.</summary>
    /// <param name="beatsChance">True if the model beats chance on the examples scored lately.</param>
    /// <param name="scored">Scored examples from the beginning.</param>
    /// <param name="few">True while only positives and few negatives are scored.</param>
    public void RecordCheck(bool beatsChance, long scored, bool few)
    {
        IsOpen = beatsChance;
        var interval = few && !beatsChance ? CheckIntervalIfFewAreScored : CheckInterval;
        var factor = beatsChance ? IntervalFactorOnceOpen : 1;
        NextCheck = scored + (factor * Math.Min(interval, CheckIntervalInBatches * batchSize));
    }

    public void Save(StateWriter writer)
    {
        writer.Begin(Structure, 1);
        writer.WriteInt64(NextCheck);
        writer.WriteBoolean(IsOpen);
    }

    /// <exception cref="InvalidDataException">The state is not that of a chance gate.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        (NextCheck, IsOpen) = (reader.ReadInt64(), reader.ReadBoolean());
    }
}
