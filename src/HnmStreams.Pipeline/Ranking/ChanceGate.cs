namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// Whether there is anything to mine by: what a model that ranks no better than a coin finds hard is hard by chance.
/// Asked again by counts of scored examples, not by time, so that a replay decides alike. Not thread-safe.
/// </summary>
/// <param name="batch">Examples of a mini-batch: whole pictures come by the eight, and a check that is due after thousands of them would never come.</param>
internal sealed class ChanceGate(int batch)
{
    private const long Every = 2_048, EveryBatches = 16;

    // Where few are scored a check costs no more of the scoring that it goes with.
    private const long EveryOfFew = 256;

    // It rarely forgets what it knew.
    private const long RarerOnceOpen = 10;

    /// <summary>Mining may begin, or go on.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>How many have to be scored, from the beginning, until it is asked again.</summary>
    public long NextCheck { get; private set; }

    public bool IsDue(long scored) => scored >= NextCheck;

    /// <summary>Where few are scored from the start: not before there are some.</summary>
    public void BeginWithFew() => NextCheck = EveryOfFew;

    /// <param name="beatsChance">What a check of all that was scored lately says.</param>
    /// <param name="scored">From the beginning.</param>
    /// <param name="few">Only positives and few negatives are scored for now.</param>
    public void Take(bool beatsChance, long scored, bool few)
    {
        IsOpen = beatsChance;
        var (every, batches) = beatsChance ? (RarerOnceOpen * Every, RarerOnceOpen * EveryBatches) : (few ? EveryOfFew : Every, EveryBatches);
        NextCheck = scored + Math.Min(every, batches * batch);
    }

    public void Restore(long nextCheck, bool isOpen) => (NextCheck, IsOpen) = (nextCheck, isOpen);
}
