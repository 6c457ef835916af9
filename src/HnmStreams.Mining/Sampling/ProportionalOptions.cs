using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Sampling;

/// <summary>How strongly hardness counts, and how strongly that is corrected for.</summary>
public sealed class ProportionalOptions
{
    /// <summary>0: all alike; 1: in proportion to hardness. The paper's value for proportional replay.</summary>
    [Range(0.0, 10.0)]
    public double Alpha { get; set; } = 0.6;

    /// <summary>0: losses are not corrected for being drawn more often; 1: fully. The paper begins with 0.4 and ends with 1.</summary>
    [Range(0.0, 1.0)]
    public double Beta { get; set; } = 0.4;

    /// <summary>Added to every hardness, so that none is never drawn; a negative hardness counts as 0.</summary>
    [Range(1e-12, 1e12)]
    public double Epsilon { get; set; } = 1e-3;

    /// <summary>One draw from each of as many equal parts of the mass as are asked for, instead of all from the whole.</summary>
    public bool Stratified { get; set; }

    /// <summary>Whether one may be given twice in a draw.</summary>
    public bool WithReplacement { get; set; }
}
