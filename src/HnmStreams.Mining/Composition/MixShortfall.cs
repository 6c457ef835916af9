namespace HnmStreams.Mining.Composition;

/// <summary>The sources of a batch.</summary>
public enum MixSource
{
    /// <summary>New and reservoir positives together.</summary>
    Positives,

    /// <summary>The pool.</summary>
    HardNegatives,

    /// <summary>The reservoir of negatives.</summary>
    RandomNegatives,

    /// <summary>All sources together: the batch is smaller than requested.</summary>
    Batch,
}

/// <summary>A source that held fewer examples than requested.</summary>
/// <param name="Source">The source.</param>
/// <param name="Wanted">Number requested, including substitutes for other sources.</param>
/// <param name="Given">Number provided.</param>
public readonly record struct MixShortfall(MixSource Source, int Wanted, int Given)
{
    /// <summary>Describes the shortfall.</summary>
    public override string ToString() => Source switch
    {
        MixSource.Positives => $"{Wanted - Given} of {Wanted} positives missing",
        MixSource.HardNegatives => $"{Wanted - Given} of {Wanted} hard negatives missing",
        MixSource.RandomNegatives => $"{Wanted - Given} of {Wanted} random negatives missing",
        _ => $"{Given} of {Wanted} in total",
    };
}
