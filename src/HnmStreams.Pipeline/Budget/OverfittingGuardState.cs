namespace HnmStreams.Pipeline.Budget;

/// <summary>All that easing remembers from one judged version to the next; kept in checkpoints.</summary>
/// <param name="Eased">Steps off, 0 or more; 0 is not at all.</param>
/// <param name="Seen">Versions judged level with the best since the last change.</param>
/// <param name="Rest">How many of them it takes to go a step back; doubles each time.</param>
public readonly record struct OverfittingGuardState(int Eased, int Seen, int Rest)
{
    internal const int FirstRest = 8;

    internal const int LongestRest = 256;

    internal static OverfittingGuardState Initial => new(0, 0, FirstRest);

    internal bool IsValid => this is { Eased: >= 0, Seen: >= 0, Rest: >= 1 and <= LongestRest };
}
