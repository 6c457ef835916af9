using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HnmStreams.Mining.Selection;

/// <summary>
/// The best candidates of many queries while scores come in tile by tile: exact, whatever the order, without ever holding
/// more than twice what is asked for. Almost no score gets further than one vectorised comparison with the query's k-th
/// best so far; what does is gathered and cut back by quickselect when there are 2k (a bound on the k-th best never
/// falls, so what it turned away stays away).
/// </summary>
/// <remarks>
/// One thread at a time. 16 bytes for each of a query's k, and 28 for the query. A score costs a sixteenth of a comparison where the
/// processor has 512 bits; a query gathers about k log2(n / k) of n candidates in any random order.
/// </remarks>
public sealed class RunningTop
{
    private readonly long[] _keys;
    private readonly int[] _counts;
    private readonly float[] _least;
    private readonly float[] _most;
    private readonly long[] _tooLike;
    private readonly long[] _mostLike;

    /// <param name="queries">How many queries there are room for.</param>
    /// <param name="count">How many are kept for each: k, 1 or more.</param>
    public RunningTop(int queries, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (Queries, Count) = (queries, count);
        _keys = new long[checked(queries * 2 * count)];
        _counts = new int[queries];
        _least = new float[queries];
        _most = new float[queries];
        _tooLike = new long[queries];
        _mostLike = new long[queries];
        for (var query = 0; query < queries; query++)
            Begin(query, float.NegativeInfinity, float.PositiveInfinity);
    }

    public int Queries { get; }

    public int Count { get; }

    /// <summary>Forgets what the query has, and says which scores count from now on.</summary>
    /// <param name="least">Only scores of at least this are kept.</param>
    /// <param name="most">Only scores of at most this are kept; those above are counted by <see cref="TooLike"/>.</param>
    public void Begin(int query, float least, float most)
    {
        if (float.IsNaN(least) || float.IsNaN(most))
            throw new ArgumentException($"Bounds of {least} and {most} keep nothing: they are not numbers.", nameof(least));
        // Kept is what is greater: the next number below the least lets the least itself in.
        (_counts[query], _least[query], _most[query], _tooLike[query], _mostLike[query]) = (0, MathF.BitDecrement(least), most, 0, long.MaxValue);
    }

    /// <summary>How many offered scores lay above the most that is allowed, those of excluded candidates not among them.</summary>
    public long TooLike(int query) => _tooLike[query];

    /// <summary>The best of those; null where there are none.</summary>
    public (int Candidate, float Score)? MostLike(int query) =>
        _tooLike[query] == 0 ? null : (TopIndices.IndexOf(_mostLike[query]), TopIndices.ValueOf(_mostLike[query]));

    /// <summary>Offers scores of neighbouring candidates; NaN is never kept. Of equal scores the lower candidate comes first.</summary>
    /// <param name="scores">Of candidates <paramref name="first"/>, first + 1, …</param>
    /// <param name="excluded">Ascending numbers of candidates that are never kept: the query's positives, or itself.</param>
    public void Offer(int query, ReadOnlySpan<float> scores, int first, ReadOnlySpan<int> excluded = default)
    {
        var values = scores;
        if (Vector512.IsHardwareAccelerated)
        {
            ref var start = ref MemoryMarshal.GetReference(scores);
            var least = Vector512.Create(_least[query]);
            var i = 0;
            // Four vectors a turn: seldom does any of their 64 scores count.
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
                Take(query, values.Slice(i, 64), first + i, hits, excluded);
                least = Vector512.Create(_least[query]);
            }

            values = values[i..];
            first += i;
        }

        for (var i = 0; i < values.Length; i += 64)
        {
            var some = values.Slice(i, Math.Min(64, values.Length - i));
            var (hits, least) = (0UL, _least[query]);
            for (var j = 0; j < some.Length; j++)
                hits |= some[j] > least ? 1UL << j : 0;
            if (hits != 0)
                Take(query, some, first + i, hits, excluded);
        }
    }

    /// <summary>Appends the query's best, best first: candidates and, beside each, its score. O(k log k).</summary>
    public void CopyTo(int query, ICollection<int> candidates, ICollection<float> scores)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(scores);
        Cut(query);
        var kept = KeysOf(query)[.._counts[query]];
        kept.Sort();
        foreach (var key in kept)
        {
            candidates.Add(TopIndices.IndexOf(key));
            scores.Add(TopIndices.ValueOf(key));
        }
    }

    private void Take(int query, ReadOnlySpan<float> scores, int first, ulong hits, ReadOnlySpan<int> excluded)
    {
        var keys = KeysOf(query);
        var most = _most[query];
        for (; hits != 0; hits &= hits - 1)
        {
            var i = BitOperations.TrailingZeroCount(hits);
            var score = scores[i];
            // The bound may have risen since the scores were compared.
            if (score <= _least[query] || excluded.BinarySearch(first + i) >= 0)
                continue;
            if (score > most)
            {
                _tooLike[query]++;
                _mostLike[query] = Math.Min(_mostLike[query], TopIndices.KeyOf(score, first + i));
                continue;
            }

            keys[_counts[query]++] = TopIndices.KeyOf(score, first + i);
            if (_counts[query] == keys.Length)
                Cut(query);
        }
    }

    // Back to the k best, the worst of which is what the next must beat.
    private void Cut(int query)
    {
        if (_counts[query] <= Count)
            return;
        var keys = KeysOf(query)[.._counts[query]];
        TopIndices.Partition(keys, Count);
        _counts[query] = Count;
        var worst = long.MinValue;
        foreach (var key in keys[..Count])
            worst = Math.Max(worst, key);
        _least[query] = TopIndices.ValueOf(worst);
    }

    private Span<long> KeysOf(int query) => _keys.AsSpan(query * 2 * Count, 2 * Count);
}
