using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Offline.Search;

/// <summary>How an exact search is cut up. The results do not depend on it, but for rounding.</summary>
public sealed class SearchOptions
{
    /// <summary>Candidates kept for each query.</summary>
    [Range(1, 1_000_000)]
    public int Top { get; set; } = 50;

    /// <summary>Threads that work; 0 is one for each core.</summary>
    [Range(0, 1_024)]
    public int Threads { get; set; }

    /// <summary>Queries that go past all candidates together: the candidates are read once for each such block.</summary>
    [Range(1, 1_000_000)]
    public int QueriesInBlock { get; set; } = 2_560;

    /// <summary>Queries in one product.</summary>
    [Range(1, 100_000)]
    public int QueriesInTile { get; set; } = 256;

    /// <summary>Bytes of candidates in one product: with the tile of scores they should fit the cache of a core.</summary>
    [Range(4_096, 1 << 30)]
    public int CandidateBytes { get; set; } = 1 << 20;

    internal int ThreadsToUse => Threads > 0 ? Threads : Environment.ProcessorCount;
}
