namespace HnmStreams.Mining.Composition;

/// <summary>
/// Makes up a batch by ratio. When a source is short: kept positives stand in for fresh ones; missing positives become
/// negatives; hard and random negatives stand in for each other; and when all are short, the batch is smaller. Each
/// but the first is said in <see cref="MixPlan.Shortfalls"/>.
/// </summary>
public static class RatioMix
{
    /// <param name="miningAllowed">False: hard negatives are not asked for at all (a model that does not beat chance ranks by noise).</param>
    /// <returns>A plan within the supply. Pure, O(1).</returns>
    public static MixPlan Plan(MixOptions options, MixSupply supply, bool miningAllowed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var asked = Ask(options, miningAllowed);
        var fresh = Math.Min(asked.Positives, supply.FreshPositives);
        var kept = Math.Min(asked.Positives - fresh, supply.ReservoirPositives);

        var negatives = options.BatchSize - fresh - kept;
        var hardWanted = miningAllowed ? Share(negatives, options.HardShareOrUsual) : 0;
        var hard = Math.Min(hardWanted, supply.HardNegatives);
        var random = Math.Min(negatives - hard, supply.RandomNegatives);
        if (miningAllowed)
            hard = Math.Min(negatives - random, supply.HardNegatives);
        var count = fresh + kept + hard + random;

        var shortfalls = new List<MixShortfall>();
        Note(MixSource.Positives, asked.Positives, fresh + kept);
        Note(MixSource.HardNegatives, hardWanted, hard);
        Note(MixSource.RandomNegatives, negatives - hardWanted, random);
        Note(MixSource.Batch, options.BatchSize, count);
        return new MixPlan(fresh, kept, hard, random, asked, shortfalls);

        void Note(MixSource source, int wanted, int given)
        {
            if (given < wanted)
                shortfalls.Add(new MixShortfall(source, wanted, given));
        }
    }

    private static MixRequest Ask(MixOptions options, bool miningAllowed)
    {
        var positives = Share(options.BatchSize, options.PositiveShare);
        var negatives = options.BatchSize - positives;
        var hard = miningAllowed ? Share(negatives, options.HardShareOrUsual) : 0;
        return new MixRequest(positives, hard, negatives - hard);
    }

    private static int Share(int of, double share) => (int)Math.Round(of * share, MidpointRounding.AwayFromZero);
}
