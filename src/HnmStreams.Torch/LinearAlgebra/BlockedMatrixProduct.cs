using System.Runtime.InteropServices;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.LinearAlgebra;

/// <summary>
/// A blocked matrix product: dot products of a block of queries with a block of candidates, one tile at a time, in
/// host memory that is allocated once. Write rows into the two spans, then read tile by tile. A tile is sized to stay
/// in the cache of one core.
/// </summary>
/// <remarks>
/// Used by one thread at a time, which does all the work: a second core uses its own instance. CPU, float32;
/// exact apart from the order of additions.
/// </remarks>
public sealed class BlockedMatrixProduct : IDisposable
{
    private readonly Tensor _queries;
    private readonly Tensor _candidates;
    private readonly Tensor _scores;

    /// <param name="queries">The largest number of queries in a block.</param>
    /// <param name="candidates">The largest number of candidates in a block; 1,024 of width 256 take 1 MiB.</param>
    /// <param name="width">The number of floats per row.</param>
    /// <param name="rows">The largest number of queries in one tile.</param>
    /// <exception cref="TorchLoadException">libtorch cannot be loaded.</exception>
    public BlockedMatrixProduct(int queries, int candidates, int width, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        TorchLibrary.EnsureLoaded();
        (QueryCount, CandidateCount, Width, Rows) = (queries, candidates, width, Math.Min(rows, queries));
        using var guard = no_grad();
        _queries = empty(queries, width).DetachFromDisposeScope();
        _candidates = empty(candidates, width).DetachFromDisposeScope();
        _scores = empty((long)Rows * candidates).DetachFromDisposeScope();
    }

    public int QueryCount { get; }

    public int CandidateCount { get; }

    public int Width { get; }

    public int Rows { get; }

    /// <summary>The rows of queries, to be written by the caller.</summary>
    public Span<float> Queries => Values(_queries);

    /// <summary>The rows of candidates, to be written by the caller.</summary>
    public Span<float> Candidates => Values(_candidates);

    /// <summary>
    /// Returns the products of <paramref name="rows"/> queries with the first <paramref name="candidates"/>
    /// candidates, one row per query. The next call overwrites them.
    /// </summary>
    public ReadOnlySpan<float> Multiply(int firstQuery, int rows, int candidates)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstQuery);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Math.Min(Rows, QueryCount - firstQuery));
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(candidates, CandidateCount);
        ThreadCount.Ensure(1);
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var tile = _scores.narrow(0, 0, (long)rows * candidates).view(rows, candidates);
        // With beta 0 the old content is not read: the product is written into memory that exists already.
        tile.addmm_(_queries.narrow(0, firstQuery, rows), _candidates.narrow(0, 0, candidates).t(), beta: 0, alpha: 1);
        return Values(_scores)[..(rows * candidates)];
    }

    public void Dispose()
    {
        _queries.Dispose();
        _candidates.Dispose();
        _scores.Dispose();
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
