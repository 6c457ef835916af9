namespace HnmStreams.Host.Bench.Pools;

/// <summary>One of the nine cells: medians over the rounds.</summary>
/// <param name="MillionsPerSecond">By contender; the C++ reference is "reference".</param>
/// <param name="Ratio">Pool to C++ reference, round by round; null without one.</param>
/// <param name="ScreenedRatio">Pool with batches screened first, for keys known to be new.</param>
internal sealed record PoolCell(string Case, IReadOnlyDictionary<string, double> MillionsPerSecond, double? Ratio, double? ScreenedRatio);

/// <summary>What <c>hnm bench pool</c> found.</summary>
/// <param name="BytesPerRefusedOffer">Managed bytes.</param>
/// <param name="Generation2Collections">In ten million offers to a pool of a million.</param>
/// <param name="MillionTreeDrawsPerSecond">Slots found by mass among a million, by the sum tree alone.</param>
/// <param name="MillionDrawsPerSecond">Proportional draws from a pool of a million: cool-down looked up, weights computed.</param>
/// <param name="SnapshotMilliseconds">Of a million residents, median.</param>
internal sealed record PoolBenchReport(
    IReadOnlyList<PoolCell> Cells,
    string? ReferenceMissing,
    double BytesPerRefusedOffer,
    int Generation2Collections,
    double MillionTreeDrawsPerSecond,
    double MillionDrawsPerSecond,
    double SnapshotMilliseconds);
