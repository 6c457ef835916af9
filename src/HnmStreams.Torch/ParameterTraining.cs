namespace HnmStreams.Torch;

/// <summary>The training of one parameter of a network: its share of the learning rate, and the step from which it is trained.</summary>
/// <param name="RateFactor">The factor on the learning rate, above 0.</param>
/// <param name="FromStep">The number of steps after which the parameter is trained; <see cref="long.MaxValue"/> never trains it.</param>
public readonly record struct ParameterTraining(double RateFactor, long FromStep)
{
    /// <summary>A parameter that is trained from the first step with the full learning rate.</summary>
    public static ParameterTraining Full { get; } = new(1, 0);

    /// <summary>A parameter that keeps its initial value.</summary>
    public static ParameterTraining Frozen { get; } = new(1, long.MaxValue);

    /// <summary>True if the parameter is trained at some step.</summary>
    public bool IsTrained => FromStep < long.MaxValue;
}
