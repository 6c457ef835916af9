using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>The first of a stream to learn from, the last to judge by.</summary>
internal static class TimeSplit
{
    /// <summary>
    /// A part in the order of time, rows of one time in their own order; where no example has a time, in their own order
    /// altogether. Of n examples the last n - floor((1 - share) n) are the test's. O(n log n).
    /// </summary>
    /// <exception cref="DataOptionException">Some have a time, and others not.</exception>
    public static IReadOnlyList<Example> Part(IReadOnlyList<Example> examples, double share, SetPart part)
    {
        var timed = examples.Count(static e => e.EventTime is not null);
        if (timed > 0 && timed < examples.Count)
            throw new DataOptionException("split.by", "time", $"{examples.Count - timed} of {examples.Count} examples have no time; give each one, or leave columns.time out to take their order");
        IReadOnlyList<Example> ordered = timed == 0 ? examples : [.. examples.OrderBy(static e => e.EventTime)];
        // Rounded so that 0.7 of 10 is 7 whatever 1 - 0.3 is in binary.
        var first = (int)Math.Floor(Math.Round((1 - share) * ordered.Count, 9));
        return [.. part == SetPart.Train ? ordered.Take(first) : ordered.Skip(first)];
    }
}
