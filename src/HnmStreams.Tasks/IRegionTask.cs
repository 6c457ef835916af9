using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks;

/// <summary>A task that mines inside its examples too: where in one the hard negatives lie.</summary>
public interface IRegionTask : IMiningTask
{
    /// <summary>The hardest background of one example, hardest first, at most <paramref name="top"/>.</summary>
    /// <param name="outputs">The network's for that row.</param>
    IReadOnlyList<HardRegion> HardestRegions(ReadOnlySpan<float> outputs, RowBuffer rows, int row, int top);
}

/// <summary>A part of an example where nothing is and the model thinks otherwise; sides as shares of the whole, 0 to 1.</summary>
/// <param name="LooksLike">The class that the model takes it for.</param>
public readonly record struct HardRegion(float Left, float Top, float Right, float Bottom, float Hardness, string LooksLike);
