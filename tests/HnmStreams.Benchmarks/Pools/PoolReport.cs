namespace HnmStreams.Benchmarks.Pools;

/// <summary>The medians over the rounds of one of the nine cases.</summary>
/// <param name="MillionsPerSecond">Millions of offers per second by contender. The C++ reference is <c>reference</c>.</param>
/// <param name="Ratio">The throughput of the pool divided by that of the reference, per round; null without a reference.</param>
/// <param name="ScreenedRatio">The same ratio for the pool with screened batches, which requires keys that are known to be new.</param>
internal sealed record PoolCell(string Case, IReadOnlyDictionary<string, double> MillionsPerSecond, double? Ratio, double? ScreenedRatio);

/// <summary>The report of the pool benchmark.</summary>
/// <param name="ReferenceMissing">The reason why the reference was not measured; null if it was.</param>
/// <param name="BytesPerRefusedOffer">Managed bytes allocated per refused offer.</param>
/// <param name="Generation2Collections">Generation 2 collections during ten million offers to a pool of a million.</param>
/// <param name="MillionTreeDrawsPerSecond">Millions of proportional lookups per second in a sum tree of a million slots.</param>
/// <param name="MillionDrawsPerSecond">Millions of proportional draws per second from a pool of a million, including cool-down and weights.</param>
/// <param name="SnapshotMilliseconds">The median duration of a snapshot of a million residents.</param>
internal sealed record PoolReport(
    IReadOnlyList<PoolCell> Cells,
    string? ReferenceMissing,
    double BytesPerRefusedOffer,
    int Generation2Collections,
    double MillionTreeDrawsPerSecond,
    double MillionDrawsPerSecond,
    double SnapshotMilliseconds);
