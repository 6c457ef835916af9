using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Retention;

/// <summary>
/// Lets in what is hard but not too hard: the semi-hard of FaceNet (arXiv 1503.03832, section 3.2) for any score, and a
/// guard against noise, since a model that has learnt a little ranks wrong labels above all else.
/// </summary>
/// <remarks>One owner, one thread. O(log history) each; percentiles are exact over the history.</remarks>
public sealed class HardnessBand
{
    private readonly BandOptions _options;
    private readonly RecentHardness _recent;
    private readonly bool _needsHistory;

    public HardnessBand(BandOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _recent) = (options, new RecentHardness(options.History));
        _needsHistory = options.HardestPercentile < 1 || options.EasiestPercentile > 0;
    }

    /// <summary>Every scored example, whether it may enter or not. O(1) where no percentile is asked for.</summary>
    public void Observe(float hardness)
    {
        if (_needsHistory)
            _recent.Observe(hardness);
    }

    /// <summary>False for NaN.</summary>
    public bool Admits(float hardness)
    {
        if (!(hardness <= _options.Hardest))
            return false;
        if (!_needsHistory || _recent.Count < _options.MinimumSeen)
            return true;
        return (_options.HardestPercentile >= 1 || hardness <= _recent.Quantile(_options.HardestPercentile))
            && (_options.EasiestPercentile <= 0 || hardness > _recent.Quantile(_options.EasiestPercentile));
    }

    public void Save(StateWriter writer) => _recent.Save(writer);

    /// <inheritdoc cref="RecentHardness.Restore"/>
    public void Restore(StateReader reader) => _recent.Restore(reader);
}
