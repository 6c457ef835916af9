using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Tasks;

/// <summary>A task that also mines inside its examples: it finds the regions of an example that are hard negatives.</summary>
public interface IRegionTask : IMiningTask
{
    /// <summary>Returns the hardest background regions of one example, hardest first, at most <paramref name="top"/>.</summary>
    /// <param name="outputs">The network's outputs for that row.</param>
    IReadOnlyList<HardNegativeRegion> HardestRegions(ReadOnlySpan<float> outputs, RowBuffer rows, int row, int top);

    /// <summary>Returns the labeled objects of one example.</summary>
    IReadOnlyList<LabeledRegion> Objects(RowBuffer rows, int row);

    /// <summary>Returns the objects that the model finds in one example, the most confident first.</summary>
    /// <param name="outputs">The network's outputs for that example.</param>
    IReadOnlyList<LabeledRegion> Predictions(ReadOnlySpan<float> outputs);
}

/// <summary>A background region of an example that the model takes for an object.</summary>
/// <param name="Bounds">The region. Its sides are fractions of the image's, 0 to 1.</param>
/// <param name="LooksLike">The class that the model predicts for the region.</param>
public readonly record struct HardNegativeRegion(BoundingBox Bounds, float Hardness, string LooksLike);
