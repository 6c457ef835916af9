using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks;

/// <summary>A task that also mines inside its examples: it finds the regions of an example that are hard negatives.</summary>
public interface IRegionTask : IMiningTask
{
    /// <summary>Returns the hardest background regions of one example, hardest first, at most <paramref name="top"/>.</summary>
    /// <param name="outputs">The network's outputs for that row.</param>
    IReadOnlyList<HardNegativeRegion> HardestRegions(ReadOnlySpan<float> outputs, RowBuffer rows, int row, int top);
}

/// <summary>A background region of an example that the model takes for an object. The sides are fractions of the whole, 0 to 1.</summary>
/// <param name="LooksLike">The class that the model predicts for the region.</param>
public readonly record struct HardNegativeRegion(float Left, float Top, float Right, float Bottom, float Hardness, string LooksLike);
