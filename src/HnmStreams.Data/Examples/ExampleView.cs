namespace HnmStreams.Data.Examples;

/// <summary>
/// An example that is read in place, without an object per example: the rows of a record batch are views of its buffers. Valid until
/// its source reads the next row.
/// </summary>
public readonly ref struct ExampleView
{
    private readonly Example? _example;
    private readonly ReadOnlySpan<byte> _id;

    /// <summary>Creates a view of an example.</summary>
    public ExampleView(Example example)
    {
        ArgumentNullException.ThrowIfNull(example);
        _example = example;
        (Target, EventTime, Weight) = (example.Target, example.EventTime, example.Weight);
        Input = InputView.Of(example.Input);
    }

    /// <param name="id">The id in UTF-8.</param>
    /// <param name="target">The target. Recurring targets are shared objects.</param>
    public ExampleView(ReadOnlySpan<byte> id, Target target, InputView input, DateTimeOffset? eventTime, float weight)
    {
        _id = id;
        (Target, EventTime, Weight) = (target, eventTime, weight);
        Input = input;
    }

    /// <inheritdoc cref="Example.Target"/>
    public Target Target { get; }

    /// <inheritdoc cref="Example.Input"/>
    public InputView Input { get; }

    /// <inheritdoc cref="Example.EventTime"/>
    public DateTimeOffset? EventTime { get; }

    /// <inheritdoc cref="Example.Weight"/>
    public float Weight { get; }

    /// <summary>Returns the example as an object. The data of a tensor or image remain slices of the source. O(bytes) otherwise.</summary>
    public Example ToExample() =>
        _example ?? new Example(System.Text.Encoding.UTF8.GetString(_id), Target, Input.ToInput(), EventTime, Weight);
}
