namespace HnmStreams.Evaluation.Drift;

/// <summary>
/// An adaptive window over a stream of numbers: it grows while their mean is constant, and drops its oldest part when the means of its two
/// parts differ more than chance allows. ADWIN2 of Bifet and Gavaldà, "Learning from time-changing data with adaptive windowing" (SDM 2007).
/// </summary>
/// <remarks>
/// <para>
/// For values between 0 and 1 the probability of a false cut at one check is at most <c>delta</c> (Theorem 3.1); other bounded values work if
/// they are scaled. The window of W values is an exponential histogram of O(log W) buckets. <see cref="Add"/> takes amortized O(1), and
/// O(log W) at each check.
/// </para>
/// <para>Single-threaded; one owner.</para>
/// </remarks>
public sealed class Adwin
{
    /// <summary>The number of buckets of one size. One more merges the two oldest (M of the paper).</summary>
    private const int BucketsPerSize = 5;

    /// <summary>The minimum number of values in each of the two parts that are compared.</summary>
    private const int MinPart = 5;

    private readonly double _delta;
    private readonly int _checkEvery;
    private readonly List<Row> _rows = [];
    private double _sum;
    private double _squares;
    private int _sinceCheck;

    /// <param name="delta">Probability of a false cut at one check, between 0 and 1. A smaller value finds changes later.</param>
    /// <param name="checkEvery">Number of values between two checks, 1 or more.</param>
    public Adwin(double delta = 0.002, int checkEvery = 32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(delta);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(delta, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(checkEvery);
        (_delta, _checkEvery) = (delta, checkEvery);
    }

    /// <summary>The number of values in the window.</summary>
    public long Width { get; private set; }

    /// <summary>The mean of the window; NaN if it is empty.</summary>
    public double Mean => Width == 0 ? double.NaN : _sum / Width;

    /// <summary>The variance of the window (divided by its width); NaN if it is empty.</summary>
    public double Variance => Width == 0 ? double.NaN : _squares / Width;

    /// <summary>The number of changes found so far.</summary>
    public long Changes { get; private set; }

    /// <summary>The number of buckets, which bounds the memory.</summary>
    public int Buckets => _rows.Sum(r => r.Count);

    /// <summary>Adds a value.</summary>
    /// <returns>The change, if the window was cut.</returns>
    /// <exception cref="ArgumentException">The value is NaN or infinite.</exception>
    public DriftDirection Add(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException($"The value must be finite but is {value}.", nameof(value));
        if (Width > 0)
            _squares += Width * Square(value - Mean) / (Width + 1);
        Width++;
        _sum += value;
        Append(0, value, 0);
        if (++_sinceCheck < _checkEvery)
            return DriftDirection.None;
        _sinceCheck = 0;
        return Cut();
    }

    /// <summary>Returns a copy of the state. O(log W).</summary>
    public AdwinState Save() => new(
        [.. _rows.Select(r => r.Count)], [.. _rows.SelectMany(r => r.Sums.Take(r.Count))], [.. _rows.SelectMany(r => r.Squares.Take(r.Count))], _sum, _squares, _sinceCheck, Changes);

    /// <summary>Restores a saved state. O(log W).</summary>
    /// <exception cref="InvalidDataException">The state is inconsistent.</exception>
    public void Restore(AdwinState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Counts.Length > 62 || state.Counts.Any(c => c is < 0 or > BucketsPerSize) || state.Sums.Length != state.Counts.Sum() || state.Squares.Length != state.Sums.Length
            || state.SinceCheck < 0 || state.Changes < 0 || !state.Sums.Concat(state.Squares).Append(state.Sum).Append(state.SquaredDeviations).All(double.IsFinite))
            throw new InvalidDataException($"The state of the adaptive window is inconsistent: {state.Counts.Length} sizes, {state.Sums.Length} sums and {state.Squares.Length} squares.");
        _rows.Clear();
        Width = 0;
        var at = 0;
        for (var exponent = 0; exponent < state.Counts.Length; exponent++)
        {
            var row = new Row();
            for (var i = 0; i < state.Counts[exponent]; i++, at++)
                row.Add(state.Sums[at], state.Squares[at]);
            _rows.Add(row);
            Width += (long)row.Count << exponent;
        }

        (_sum, _squares, _sinceCheck, Changes) = (state.Sum, state.SquaredDeviations, state.SinceCheck % _checkEvery, state.Changes);
    }

    private static double Square(double value) => value * value;

    private void Append(int exponent, double sum, double squares)
    {
        if (exponent == _rows.Count)
            _rows.Add(new Row());
        var row = _rows[exponent];
        row.Add(sum, squares);
        if (row.Count <= BucketsPerSize)
            return;
        var size = (double)(1L << exponent);
        var merged = row.Squares[0] + row.Squares[1] + (size / 2 * Square((row.Sums[0] - row.Sums[1]) / size));
        var total = row.Sums[0] + row.Sums[1];
        row.DropOldest();
        row.DropOldest();
        Append(exponent + 1, total, merged);
    }

    private DriftDirection Cut()
    {
        var found = DriftDirection.None;
        while (FindCut() is var direction and not DriftDirection.None)
        {
            found = direction;
            DropOldest();
        }

        if (found != DriftDirection.None)
            Changes++;
        return found;
    }

    // The oldest bucket is in the last row. A cut at any boundary of two buckets is tested, from the oldest on.
    private DriftDirection FindCut()
    {
        if (Width < 2 * MinPart)
            return DriftDirection.None;
        var (count, sum) = (0.0, 0.0);
        var confidence = Math.Log(2 * Math.Log(Width) / _delta);
        for (var exponent = _rows.Count - 1; exponent >= 0; exponent--)
        {
            var row = _rows[exponent];
            for (var i = 0; i < row.Count; i++)
            {
                count += 1L << exponent;
                sum += row.Sums[i];
                var rest = Width - count;
                if (rest < MinPart)
                    return DriftDirection.None;
                if (count < MinPart)
                    continue;
                // Section 4.1: m is the harmonic mean of both sizes, and delta is divided by ln W for the number of cuts.
                var inverse = (1 / count) + (1 / rest);
                var bound = Math.Sqrt(2 * inverse * Variance * confidence) + (2.0 / 3 * inverse * confidence);
                var difference = ((_sum - sum) / rest) - (sum / count);
                if (Math.Abs(difference) > bound)
                    return difference > 0 ? DriftDirection.Rise : DriftDirection.Fall;
            }
        }

        return DriftDirection.None;
    }

    private void DropOldest()
    {
        var exponent = _rows.Count - 1;
        var (row, size) = (_rows[exponent], 1L << exponent);
        var (sum, squares) = (row.Sums[0], row.Squares[0]);
        row.DropOldest();
        if (row.Count == 0)
            _rows.RemoveAt(exponent);
        Width -= size;
        _sum -= sum;
        var difference = (sum / size) - Mean;
        _squares = Math.Max(0, _squares - squares - ((double)size * Width / (size + Width) * Square(difference)));
    }

    private sealed class Row
    {
        public int Count { get; private set; }

        public double[] Sums { get; } = new double[BucketsPerSize + 1];

        public double[] Squares { get; } = new double[BucketsPerSize + 1];

        public void Add(double sum, double squares) => (Sums[Count], Squares[Count++]) = (sum, squares);

        public void DropOldest()
        {
            Count--;
            Array.Copy(Sums, 1, Sums, 0, Count);
            Array.Copy(Squares, 1, Squares, 0, Count);
        }
    }
}

/// <summary>The state of an <see cref="Adwin"/>.</summary>
/// <param name="Counts">Number of buckets of each size, 1, 2, 4, …</param>
/// <param name="Sums">Sums of the values of the buckets, in the order of sizes, the oldest of a size first.</param>
/// <param name="Squares">Sums of the squared deviations from the bucket's mean, in the same order.</param>
/// <param name="Sum">Sum of the window.</param>
/// <param name="SquaredDeviations">Sum of the squared deviations from the window's mean.</param>
/// <param name="SinceCheck">Number of values since the last check.</param>
/// <param name="Changes">Number of changes found so far.</param>
public sealed record AdwinState(int[] Counts, double[] Sums, double[] Squares, double Sum, double SquaredDeviations, int SinceCheck, long Changes);
