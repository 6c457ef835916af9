using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Offline.Search;

/// <summary>Settings of the blocking of an exact search. Except for <see cref="Top"/> they affect the results by rounding only.</summary>
public sealed class SearchOptions
{
    /// <summary>The number of candidates kept per query.</summary>
    [Range(1, 1_000_000)]
    public int Top { get; set; } = 50;

    /// <summary>The number of search threads; 0 means one per core.</summary>
    [Range(0, 1_024)]
    public int Threads { get; set; }

    /// <summary>The number of queries per block. All candidates are read once per block.</summary>
    [Range(1, 1_000_000)]
    public int QueriesInBlock { get; set; } = 2_560;

    /// <summary>The number of queries per matrix product.</summary>
    [Range(1, 100_000)]
    public int QueriesInTile { get; set; } = 256;

    /// <summary>The bytes of candidates per matrix product. Together with the tile of scores they should fit into the cache of one core.</summary>
    [Range(4_096, 1 << 30)]
    public int CandidateBytes { get; set; } = 1 << 20;

    internal int EffectiveThreads => Threads > 0 ? Threads : Environment.ProcessorCount;
}
