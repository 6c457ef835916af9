namespace HnmStreams.Chaos.Networks;

/// <summary>The conditions of every link of a <see cref="VirtualSwitch"/>, as those of Linux's netem.</summary>
/// <param name="Delay">The delay of a frame, one way.</param>
/// <param name="Loss">The share of the frames that are lost, 0 to 1.</param>
/// <param name="Reorder">The share of the frames that are not delayed, so that they overtake others, 0 to 1.</param>
internal sealed record LinkConditions(TimeSpan Delay, double Loss, double Reorder)
{
    public static LinkConditions Ideal { get; } = new(TimeSpan.Zero, 0, 0);

    /// <summary>Returns the reason why the conditions are impossible, or null.</summary>
    public string? ReasonToRefuse() =>
        Delay < TimeSpan.Zero || Delay > TimeSpan.FromSeconds(10) ? "--delay must be 0ms to 10s"
        : Loss is not (>= 0 and < 1) ? "--loss must be 0% to 99%"
        : Reorder is not (>= 0 and <= 1) ? "--reorder must be 0% to 100%"
        : Reorder > 0 && Delay == TimeSpan.Zero ? "--reorder needs --delay, because frames that are not delayed overtake the others"
        : null;
}
