namespace HnmStreams.Mining.Composition;

/// <summary>
/// Plans a batch by ratio. If a source is short, reservoir positives replace new ones, negatives replace missing positives, and hard and
/// random negatives replace each other; if all are short, the batch is smaller. Every substitution except the first is reported in <see
/// cref="MixPlan.Shortfalls"/>.
/// </summary>
public static class RatioMix
{
    /// <summary>Plans a batch within the supply. Pure; O(1).</summary>
    /// <param name="options">Batch size and shares.</param>
    /// <param name="supply">Number of examples available per source.</param>
    /// <param name="miningAllowed">False to request no hard negatives: a model that is no better than chance ranks by noise.</param>
    public static MixPlan Plan(MixOptions options, MixSupply supply, bool miningAllowed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var asked = Ask(options, miningAllowed);
        var added = Math.Min(asked.Positives, supply.NewPositives);
        var kept = Math.Min(asked.Positives - added, supply.ReservoirPositives);

        var negatives = options.BatchSize - added - kept;
        var hardWanted = miningAllowed ? Share(negatives, options.HardShareOrDefault) : 0;
        var hard = Math.Min(hardWanted, supply.HardNegatives);
        var random = Math.Min(negatives - hard, supply.RandomNegatives);
        if (miningAllowed)
            hard = Math.Min(negatives - random, supply.HardNegatives);
        var count = added + kept + hard + random;

        var shortfalls = new List<MixShortfall>();
        Note(MixSource.Positives, asked.Positives, added + kept);
        Note(MixSource.HardNegatives, hardWanted, hard);
        Note(MixSource.RandomNegatives, negatives - hardWanted, random);
        Note(MixSource.Batch, options.BatchSize, count);
        return new MixPlan(added, kept, hard, random, asked, shortfalls);

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
        var hard = miningAllowed ? Share(negatives, options.HardShareOrDefault) : 0;
        return new MixRequest(positives, hard, negatives - hard);
    }

    private static int Share(int of, double share) => (int)Math.Round(of * share, MidpointRounding.AwayFromZero);
}
