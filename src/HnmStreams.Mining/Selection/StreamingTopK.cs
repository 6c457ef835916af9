using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HnmStreams.Mining.Selection;

/// <summary>
/// The exact top k candidates of many queries, from scores that arrive in tiles in any order, in memory for at most 2k candidates per
/// query. Most scores need only one vectorized comparison with the query's k-th best score so far. The others are collected and reduced by
/// quickselect when there are 2k. The k-th best score never decreases, so a rejected score stays rejected.
/// </summary>
/// <remarks>
/// One thread at a time. Takes 16 bytes per query and candidate kept, and 28 bytes per query. A score costs a sixteenth of a comparison on
/// processors with 512-bit vectors. In random order, a query collects about k log2(n / k) of n candidates.
/// </remarks>
public sealed class StreamingTopK
{
    private readonly long[] _keys;
    private readonly int[] _counts;
    private readonly float[] _threshold;
    private readonly float[] _maximum;
    private readonly long[] _aboveCount;
    private readonly long[] _bestAbove;

    /// <summary>Creates an empty selection.</summary>
    /// <param name="queries">Number of queries, 1 or more.</param>
    /// <param name="count">Number of candidates kept per query (k), 1 or more.</param>
    public StreamingTopK(int queries, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (Queries, Count) = (queries, count);
        _keys = new long[checked(queries * 2 * count)];
        _counts = new int[queries];
        _threshold = new float[queries];
        _maximum = new float[queries];
        _aboveCount = new long[queries];
        _bestAbove = new long[queries];
        for (var query = 0; query < queries; query++)
            Begin(query, float.NegativeInfinity, float.PositiveInfinity);
    }

    /// <summary>The number of queries.</summary>
    public int Queries { get; }

    /// <summary>The number of candidates kept per query.</summary>
    public int Count { get; }

    /// <summary>Clears a query and sets the range of its scores.</summary>
    /// <param name="query">Number of the query.</param>
    /// <param name="minimum">Minimum score that is kept.</param>
    /// <param name="maximum">Maximum score that is kept. Scores above it are counted by <see cref="AboveMaximumCount"/>.</param>
    /// <exception cref="ArgumentException">A bound is NaN.</exception>
    public void Begin(int query, float minimum, float maximum)
    {
        if (float.IsNaN(minimum) || float.IsNaN(maximum))
            throw new ArgumentException($"The bounds must be numbers but are {minimum} and {maximum}.", nameof(minimum));
        // Scores greater than the stored bound are kept, so that the next lower number admits the minimum itself.
        (_counts[query], _threshold[query], _maximum[query], _aboveCount[query], _bestAbove[query]) = (0, MathF.BitDecrement(minimum), maximum, 0, long.MaxValue);
    }

    /// <summary>Returns the number of offered scores above the maximum, without excluded candidates.</summary>
    public long AboveMaximumCount(int query) => _aboveCount[query];

    /// <summary>Returns the best candidate above the maximum, or null if none exists.</summary>
    public (int Candidate, float Score)? BestAboveMaximum(int query) =>
        _aboveCount[query] == 0 ? null : (TopK.IndexOf(_bestAbove[query]), TopK.ValueOf(_bestAbove[query]));

    /// <summary>Offers the scores of consecutive candidates. NaN is never kept. Ties are broken by the lower candidate number.</summary>
    /// <param name="query">Number of the query.</param>
    /// <param name="scores">Scores of the candidates <paramref name="first"/>, first + 1, and so on.</param>
    /// <param name="first">Number of the first candidate.</param>
    /// <param name="excluded">Numbers of candidates that are never kept, ascending: the query's positives, or the query itself.</param>
    public void Offer(int query, ReadOnlySpan<float> scores, int first, ReadOnlySpan<int> excluded = default)
    {
        var values = scores;
        if (Vector512.IsHardwareAccelerated)
        {
            ref var start = ref MemoryMarshal.GetReference(scores);
            var least = Vector512.Create(_threshold[query]);
            var i = 0;
            // Four vectors per iteration: their 64 scores rarely contain one above the threshold.
            for (; i <= scores.Length - 64; i += 64)
            {
                var a = Vector512.GreaterThan(Vector512.LoadUnsafe(ref start, (nuint)i), least);
                var b = Vector512.GreaterThan(Vector512.LoadUnsafe(ref start, (nuint)i + 16), least);
                var c = Vector512.GreaterThan(Vector512.LoadUnsafe(ref start, (nuint)i + 32), least);
                var d = Vector512.GreaterThan(Vector512.LoadUnsafe(ref start, (nuint)i + 48), least);
                if (((a | b) | (c | d)) == Vector512<float>.Zero)
                    continue;
                var hits = a.ExtractMostSignificantBits() | (b.ExtractMostSignificantBits() << 16)
                    | (c.ExtractMostSignificantBits() << 32) | (d.ExtractMostSignificantBits() << 48);
                Collect(query, values.Slice(i, 64), first + i, hits, excluded);
                least = Vector512.Create(_threshold[query]);
            }

            values = values[i..];
            first += i;
        }

        for (var i = 0; i < values.Length; i += 64)
        {
            var some = values.Slice(i, Math.Min(64, values.Length - i));
            var (hits, least) = (0UL, _threshold[query]);
            for (var j = 0; j < some.Length; j++)
                hits |= some[j] > least ? 1UL << j : 0;
            if (hits != 0)
                Collect(query, some, first + i, hits, excluded);
        }
    }

    /// <summary>Appends the query's best candidates and their scores, best first. O(k log k).</summary>
    public void CopyTo(int query, ICollection<int> candidates, ICollection<float> scores)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(scores);
        Reduce(query);
        var kept = KeysOf(query)[.._counts[query]];
        kept.Sort();
        foreach (var key in kept)
        {
            candidates.Add(TopK.IndexOf(key));
            scores.Add(TopK.ValueOf(key));
        }
    }

    private void Collect(int query, ReadOnlySpan<float> scores, int first, ulong hits, ReadOnlySpan<int> excluded)
    {
        var keys = KeysOf(query);
        var most = _maximum[query];
        for (; hits != 0; hits &= hits - 1)
        {
            var i = BitOperations.TrailingZeroCount(hits);
            var score = scores[i];
            // The bound may have increased since the scores were compared.
            if (score <= _threshold[query] || excluded.BinarySearch(first + i) >= 0)
                continue;
            if (score > most)
            {
                _aboveCount[query]++;
                _bestAbove[query] = Math.Min(_bestAbove[query], TopK.KeyOf(score, first + i));
                continue;
            }

            keys[_counts[query]++] = TopK.KeyOf(score, first + i);
            if (_counts[query] == keys.Length)
                Reduce(query);
        }
    }

    // Reduces to the k best. The worst of them is the new threshold.
    private void Reduce(int query)
    {
        if (_counts[query] <= Count)
            return;
        var keys = KeysOf(query)[.._counts[query]];
        TopK.Partition(keys, Count);
        _counts[query] = Count;
        var worst = long.MinValue;
        foreach (var key in keys[..Count])
            worst = Math.Max(worst, key);
        _threshold[query] = TopK.ValueOf(worst);
    }

    private Span<long> KeysOf(int query) => _keys.AsSpan(query * 2 * Count, 2 * Count);
}
