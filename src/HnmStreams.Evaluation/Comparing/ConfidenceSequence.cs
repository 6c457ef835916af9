namespace HnmStreams.Evaluation.Comparing;

/// <summary>
/// A confidence interval around the mean of bounded differences that holds at all times at once: it may be looked at after each value, and
/// the first decision that it allows may be taken, without more errors than the error rate.
/// </summary>
/// <remarks>
/// <para>
/// The predictable plug-in empirical-Bernstein confidence sequence (Waudby-Smith and Ramdas, arXiv 2010.09686, Theorem 2; after the
/// empirical-Bernstein bounds of Howard et al., arXiv 1810.08240, Theorem 4), for values x in [0, 1]:
/// </para>
/// <code>
/// C(t) = Σ λ(i) x(i) / Σ λ(i) ± (ln(2 / α) + Σ (x(i) - m(i-1))² (-ln(1 - λ(i)) - λ(i))) / Σ λ(i)
/// λ(t) = min(sqrt(2 ln(2 / α) / (v(t-1) t ln(1 + t))), c)
/// m(t) = (1/2 + Σ x(i)) / (t + 1)
/// v(t) = (1/4 + Σ (x(i) - m(i))²) / (t + 1)
/// </code>
/// <para>
/// A difference d in [-1, 1] is x = (1 + d) / 2. The values need not be independent or have the same mean: if their conditional means given the
/// past change, the interval covers their average, weighted by λ. The bound c = 3/4 is larger than the paper's 1/2, because differences between
/// similar models are small; the theorem holds for each c below 1.
/// </para>
/// <para>One owner. O(1) per value.</para>
/// </remarks>
public sealed class ConfidenceSequence
{
    private const double MaxWeight = 0.75;

    private readonly double _logOfErrors;
    private double _sum = 0.5;
    private double _squares = 0.25;
    private double _weights;
    private double _weighted;
    private double _variation;

    /// <summary>Creates a sequence without values.</summary>
    /// <param name="errorRate">The probability that the interval ever misses the mean, above 0 and below 1.</param>
    public ConfidenceSequence(double errorRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(errorRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(errorRate, 1);
        (ErrorRate, _logOfErrors) = (errorRate, Math.Log(2 / errorRate));
    }

    /// <summary>The probability that the interval ever misses the mean.</summary>
    public double ErrorRate { get; }

    /// <summary>The number of values.</summary>
    public long Count { get; private set; }

    /// <summary>The weighted mean of the values; 0 without values.</summary>
    public double Mean => Count == 0 ? 0 : (2 * _weighted / _weights) - 1;

    /// <summary>The lower bound of the interval, at least -1.</summary>
    public double Low => Math.Max(-1, Mean - HalfWidth);

    /// <summary>The upper bound of the interval, at most 1.</summary>
    public double High => Math.Min(1, Mean + HalfWidth);

    private double HalfWidth => Count == 0 ? 1 : 2 * (_logOfErrors + _variation) / _weights;

    /// <summary>Adds a value. O(1).</summary>
    /// <param name="difference">The difference, -1 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The difference is out of range or not a number.</exception>
    public void Add(double difference)
    {
        if (!(difference is >= -1 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(difference), difference, "The difference must be from -1 to 1.");
        var value = (1 + difference) / 2;
        // Mean, variance and weight are those before the value: they must not depend on it.
        var (mean, variance) = (_sum / (Count + 1), _squares / (Count + 1));
        var time = Count + 1.0;
        var weight = Math.Min(Math.Sqrt(2 * _logOfErrors / (variance * time * Math.Log(1 + time))), MaxWeight);
        Count++;
        _sum += value;
        _weights += weight;
        _weighted += weight * value;
        _variation += (value - mean) * (value - mean) * (-Math.Log(1 - weight) - weight);
        var after = _sum / (Count + 1);
        _squares += (value - after) * (value - after);
    }
}
