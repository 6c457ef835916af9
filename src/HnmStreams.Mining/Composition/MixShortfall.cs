namespace HnmStreams.Mining.Composition;

/// <summary>Where the rows of a batch come from.</summary>
public enum MixSource
{
    /// <summary>Fresh and kept positives together.</summary>
    Positives,

    /// <summary>The pool.</summary>
    HardNegatives,

    /// <summary>The reservoir of negatives.</summary>
    RandomNegatives,

    /// <summary>All sources together: the batch is smaller than asked.</summary>
    Batch,
}

/// <summary>A source that gave less than was wanted of it, because it held no more.</summary>
/// <param name="Wanted">Of it, after it was asked to stand in for others.</param>
public readonly record struct MixShortfall(MixSource Source, int Wanted, int Given)
{
    public override string ToString() => Source switch
    {
        MixSource.Positives => $"{Wanted - Given} of {Wanted} positives missing",
        MixSource.HardNegatives => $"{Wanted - Given} of {Wanted} hard negatives missing",
        MixSource.RandomNegatives => $"{Wanted - Given} of {Wanted} random negatives missing",
        _ => $"{Given} of {Wanted} in all",
    };
}
