using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Budget;

/// <summary>The reduction of mining once the model overfits. It needs the gate (<c>pipeline.publishing.gate</c>).</summary>
public sealed class OverfittingGuardOptions
{
    /// <summary>False leaves mining as it is set, whatever the held-out metric does.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The number of levels until no hard negatives are drawn, 1 to 16. Each level halves the hard share and the uses per candidate.</summary>
    [Range(1, 16)]
    public int BackoffLevels { get; set; } = 3;
}
