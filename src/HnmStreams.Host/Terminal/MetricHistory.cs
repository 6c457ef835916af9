namespace HnmStreams.Host.Terminal;

/// <summary>One metric over the whole run in bounded memory: when full, every other value goes and only every other new one comes.</summary>
internal sealed class MetricHistory(int capacity)
{
    private readonly List<double> _values = [];
    private long _version = -1;
    private int _stride = 1;
    private int _skipped;

    public IReadOnlyList<double> Values => _values;

    /// <summary>Takes the value in once a model version.</summary>
    public void Add(long version, double value)
    {
        if (version == _version || !double.IsFinite(value))
            return;
        _version = version;
        if (++_skipped < _stride)
            return;
        _skipped = 0;
        _values.Add(value);
        if (_values.Count < capacity)
            return;
        for (var i = 0; i < _values.Count / 2; i++)
            _values[i] = _values[2 * i];
        _values.RemoveRange(_values.Count / 2, _values.Count - (_values.Count / 2));
        _stride *= 2;
    }
}
