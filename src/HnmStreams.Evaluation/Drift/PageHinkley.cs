namespace HnmStreams.Evaluation.Drift;

/// <summary>
/// The test of Page and Hinkley for a change of the mean: it adds up the deviations from the mean so far and signals when the sum has moved
/// too far from its extreme. Page, "Continuous inspection schemes" (Biometrika 41, 1954); Hinkley, "Inference about the change-point from
/// cumulative sum tests" (Biometrika 58, 1971); in the form of Gama et al., "A survey on concept drift adaptation" (2014), section 3.2.
/// </summary>
/// <remarks>O(1) time and memory per value. Single-threaded; one owner. It starts over after each signal.</remarks>
public sealed class PageHinkley
{
    private readonly double _tolerance;
    private readonly double _threshold;
    private readonly int _minCount;
    private PageHinkleyState _state;

    /// <param name="tolerance">Deviation per value that is tolerated, 0 or more, in the unit of the values.</param>
    /// <param name="threshold">Sum of deviations that is a change, above 0. A larger value gives fewer false signals and later ones.</param>
    /// <param name="minCount">Number of values before the first signal, 1 or more.</param>
    public PageHinkley(double tolerance, double threshold, int minCount = 30)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threshold);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minCount);
        (_tolerance, _threshold, _minCount) = (tolerance, threshold, minCount);
    }

    /// <summary>The number of values since the last signal.</summary>
    public long Count => _state.Count;

    /// <summary>The mean of the values since the last signal; NaN without values.</summary>
    public double Mean => _state.Count == 0 ? double.NaN : _state.Mean;

    /// <summary>Adds a value.</summary>
    /// <returns>The change, if the test signals one. The test starts over then.</returns>
    /// <exception cref="ArgumentException">The value is NaN or infinite.</exception>
    public DriftDirection Add(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException($"The value must be finite but is {value}.", nameof(value));
        var count = _state.Count + 1;
        var mean = _state.Mean + ((value - _state.Mean) / count);
        var rise = _state.RiseSum + value - mean - _tolerance;
        var fall = _state.FallSum + value - mean + _tolerance;
        _state = new PageHinkleyState(count, mean, rise, Math.Min(_state.RiseMin, rise), fall, Math.Max(_state.FallMax, fall));
        if (count < _minCount)
            return DriftDirection.None;
        var direction = rise - _state.RiseMin > _threshold ? DriftDirection.Rise : _state.FallMax - fall > _threshold ? DriftDirection.Fall : DriftDirection.None;
        if (direction != DriftDirection.None)
            _state = default;
        return direction;
    }

    /// <summary>Returns the state.</summary>
    public PageHinkleyState Save() => _state;

    /// <summary>Restores a saved state.</summary>
    /// <exception cref="InvalidDataException">The state is inconsistent.</exception>
    public void Restore(PageHinkleyState state) => _state = state.Count >= 0 && double.IsFinite(state.Mean) && state.RiseMin <= state.RiseSum && state.FallMax >= state.FallSum
        ? state
        : throw new InvalidDataException($"The state of the Page-Hinkley test is inconsistent: {state}.");
}

/// <summary>The state of a <see cref="PageHinkley"/> test.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Mean of the values.</param>
/// <param name="RiseSum">Sum of the deviations above the mean, less the tolerance.</param>
/// <param name="RiseMin">Smallest such sum.</param>
/// <param name="FallSum">Sum of the deviations, plus the tolerance.</param>
/// <param name="FallMax">Largest such sum.</param>
public readonly record struct PageHinkleyState(long Count, double Mean, double RiseSum, double RiseMin, double FallSum, double FallMax);
