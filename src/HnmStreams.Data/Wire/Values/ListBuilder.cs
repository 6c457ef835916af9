using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Values;

/// <summary>A builder of a list: compact as long as all its elements are numbers.</summary>
/// <remarks>For one list; dispose it. The elements are collected in pooled memory. Not thread-safe.</remarks>
internal sealed class ListBuilder(ValueBudget budget) : IDisposable
{
    private PooledItems<double> _numbers;
    private PooledItems<FieldValue> _values;

    // True from the first element on that is not a number.
    private bool _isMixed;

    /// <summary>Appends a value.</summary>
    public Rejection? Add(in FieldValue value)
    {
        if (!_isMixed && value.IsNumber)
        {
            if (budget.TakeNumber() is { } tooMany)
                return tooMany;
            _numbers.Add(value.Number);
            return null;
        }

        if (!_isMixed && MoveNumbers() is { } rejection)
            return rejection;
        if (budget.Take() is { } full)
            return full;
        _values.Add(value);
        return null;
    }

    public FieldValue Build() => _isMixed || _numbers.Count == 0 ? FieldValue.Of(_values.ToArray()) : FieldValue.Of(_numbers.ToArray());

    public void Dispose()
    {
        _numbers.Dispose();
        _values.Dispose();
    }

    // The numbers so far become values.
    private Rejection? MoveNumbers()
    {
        _isMixed = true;
        foreach (var number in _numbers.Items)
        {
            if (budget.Take() is { } full)
                return full;
            _values.Add(FieldValue.Of(number));
        }

        return null;
    }
}
