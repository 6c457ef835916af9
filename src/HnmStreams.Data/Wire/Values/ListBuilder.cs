using System.Buffers;

namespace HnmStreams.Data.Wire.Values;

/// <summary>A builder of a list: compact as long as all its elements are numbers.</summary>
/// <remarks>For one list; dispose it. The elements are collected in pooled memory. Not thread-safe.</remarks>
internal sealed class ListBuilder(ValueBudget budget) : IDisposable
{
    private double[]? _numbers;
    private FieldValue[]? _values;
    private int _count;

    /// <summary>Appends a value.</summary>
    public Rejection? Add(in FieldValue value)
    {
        if (_values is null && value.IsNumber)
        {
            if (budget.TakeNumber() is { } tooMany)
                return tooMany;
            Grow(ref _numbers, _count);
            _numbers![_count++] = value.Number;
            return null;
        }

        if (_values is null && MoveNumbers() is { } rejection)
            return rejection;
        if (budget.Take() is { } full)
            return full;
        Grow(ref _values, _count);
        _values![_count++] = value;
        return null;
    }

    public FieldValue Build()
    {
        if (_values is not null)
            return FieldValue.Of(_values.AsSpan(0, _count).ToArray());
        return _numbers is not null ? FieldValue.Of(_numbers.AsSpan(0, _count).ToArray()) : FieldValue.Of(Array.Empty<FieldValue>());
    }

    public void Dispose()
    {
        if (_numbers is not null)
            ArrayPool<double>.Shared.Return(_numbers);
        if (_values is not null)
            ArrayPool<FieldValue>.Shared.Return(_values, clearArray: true);
        (_numbers, _values) = (null, null);
    }

    // The list is mixed: the numbers so far become values.
    private Rejection? MoveNumbers()
    {
        for (var i = 0; i < _count; i++)
        {
            if (budget.Take() is { } full)
                return full;
        }

        _values = ArrayPool<FieldValue>.Shared.Rent(Math.Max(16, _count));
        for (var i = 0; i < _count; i++)
            _values[i] = FieldValue.Of(_numbers![i]);
        return null;
    }

    private static void Grow<T>(ref T[]? array, int count)
    {
        if (array is not null && count < array.Length)
            return;
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(16, count * 2));
        if (array is not null)
        {
            array.AsSpan(0, count).CopyTo(larger);
            ArrayPool<T>.Shared.Return(array, clearArray: true);
        }

        array = larger;
    }
}
