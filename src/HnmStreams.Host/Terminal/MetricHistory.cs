using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Terminal;

/// <summary>The history of one metric over the whole run, in bounded memory.</summary>
internal sealed class MetricHistory(int capacity)
{
    private readonly DownsampledSeries<double> _values = new(capacity);
    private long _version = -1;

    public IReadOnlyList<double> Values => _values.Items;

    /// <summary>Adds a value, at most one per model version.</summary>
    public void Add(long version, double value)
    {
        if (version == _version || !double.IsFinite(value))
            return;
        _version = version;
        _values.Add(value);
    }
}
