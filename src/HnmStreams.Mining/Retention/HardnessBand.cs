using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// An admission filter for examples that are hard but not too hard: FaceNet's semi-hard negatives (arXiv 1503.03832, section 3.2) for any
/// score. It also filters label noise, because a model in early training ranks wrong labels above everything else.
/// </summary>
/// <remarks>Single-threaded; one owner. Every operation takes O(log history). Percentiles are exact over the history.</remarks>
internal sealed class HardnessBand
{
    private readonly BandOptions _options;
    private readonly RecentHardness _recent;
    private readonly bool _needsHistory;

    /// <summary>Creates a filter without history.</summary>
    public HardnessBand(BandOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _recent) = (options, new RecentHardness(options.History));
        _needsHistory = options.HardestPercentile < 1 || options.EasiestPercentile > 0;
    }

    /// <summary>Records the hardness of a scored example, accepted or not. O(1) if no percentile is set.</summary>
    public void Observe(float hardness)
    {
        if (_needsHistory)
            _recent.Observe(hardness);
    }

    /// <summary>Returns true if an example of this hardness may enter. False for NaN.</summary>
    public bool Admits(float hardness)
    {
        if (!(hardness <= _options.Hardest))
            return false;
        if (!_needsHistory || _recent.Count < _options.MinSeen)
            return true;
        return (_options.HardestPercentile >= 1 || hardness <= _recent.Quantile(_options.HardestPercentile))
            && (_options.EasiestPercentile <= 0 || hardness > _recent.Quantile(_options.EasiestPercentile));
    }

    /// <summary>Writes the history.</summary>
    public void Save(StateWriter writer) => _recent.Save(writer);

    /// <inheritdoc cref="RecentHardness.Restore"/>
    public void Restore(StateReader reader) => _recent.Restore(reader);
}
