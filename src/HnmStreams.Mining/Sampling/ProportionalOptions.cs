using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Mining.Sampling;

/// <summary>The settings of proportional sampling.</summary>
public sealed class ProportionalOptions
{
    /// <summary>
    /// Exponent of the hardness: 0 draws uniformly, 1 in proportion to hardness. The default 0.6 is the paper's value for proportional
    /// replay.
    /// </summary>
    [Range(0.0, 10.0)]
    public double Alpha { get; set; } = 0.6;

    /// <summary>
    /// Degree of the importance-sampling correction of losses: 0 for none, 1 for full correction. The paper anneals it from 0.4 to 1.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Beta { get; set; } = 0.4;

    /// <summary>Constant added to every hardness, so that every candidate can be drawn. A negative hardness counts as 0.</summary>
    [Range(1e-12, 1e12)]
    public double Epsilon { get; set; } = 1e-3;

    /// <summary>
    /// Indicates that the probability mass is divided into as many equal parts as candidates are drawn, with one draw from each part.
    /// </summary>
    public bool Stratified { get; set; }

    /// <summary>Indicates that a candidate may be drawn more than once for a batch.</summary>
    public bool WithReplacement { get; set; }
}
