using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Compute;

/// <summary>How much of the machine tensor work may take.</summary>
public sealed class ComputeOptions
{
    /// <summary>Tensor computations that may run at the same time; 0 is one per core on a CPU and one on a GPU.</summary>
    [Range(0, 1024)]
    public int Lanes { get; set; }
}
