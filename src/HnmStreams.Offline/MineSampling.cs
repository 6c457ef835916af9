namespace HnmStreams.Offline;

/// <summary>A way to select negatives from the rank band.</summary>
public enum MineSampling
{
    /// <summary>A uniform random sample of the band.</summary>
    Random,

    /// <summary>The hardest negatives of the band.</summary>
    Top,
}
