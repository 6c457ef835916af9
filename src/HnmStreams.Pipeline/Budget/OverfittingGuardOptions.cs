using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Budget;

/// <summary>What is done about mining where the model is past its best. It needs the gate (<c>pipeline.publishing.gate</c>).</summary>
public sealed class OverfittingGuardOptions
{
    /// <summary>False leaves mining as it is set, whatever the held-out metric does.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Halvings of the hard share and of the uses until no hard negatives are drawn at all.</summary>
    [Range(1, 16)]
    public int Steps { get; set; } = 3;
}
