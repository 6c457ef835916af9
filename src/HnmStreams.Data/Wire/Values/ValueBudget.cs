using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Values;

/// <summary>
/// A bound on the number of values of one record, so that a short record cannot expand into many objects in memory. It depends on
/// the limits of the record only. The elements of a list of numbers count towards <see cref="WireLimits.MaxTensorElements"/> instead.
/// </summary>
/// <remarks>For one record. Not thread-safe.</remarks>
internal sealed class ValueBudget(WireLimits limits)
{
    private readonly long _maxValues = MaxValues(limits);
    private long _values;
    private long _numbers;

    /// <summary>The maximum nesting depth of a record.</summary>
    public const int MaxDepth = 32;

    /// <summary>The rejection of a record whose values are nested too deeply.</summary>
    public static Rejection TooDeep { get; } = new(RejectionReasons.TooLarge, $"The values of the record must be nested at most {MaxDepth} deep but are nested deeper.");

    /// <summary>Returns the maximum number of values of a record.</summary>
    public static long MaxValues(WireLimits limits) => 1024 + (8L * limits.MaxFeatures) + (8L * limits.MaxBoxes);

    /// <summary>Counts a value.</summary>
    public Rejection? Take() => ++_values <= _maxValues
        ? null
        : new Rejection(RejectionReasons.TooLarge, $"The record must have at most {_maxValues} values (1024 + 8 x wire.maxFeatures + 8 x wire.maxBoxes) but has more.");

    /// <summary>Counts an element of a list of numbers.</summary>
    public Rejection? TakeNumber() => ++_numbers <= limits.MaxTensorElements
        ? null
        : Rejection.TooLarge("record", _numbers, limits.MaxTensorElements, "numbers in lists", "maxTensorElements");
}
