using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>A split by time: the first part is for training, the last for testing.</summary>
internal static class TimeSplit
{
    /// <summary>
    /// Returns a part in the order of time; examples with equal times keep their order. If no example has a time, all keep
    /// their order. The test part is the last n - floor((1 - share) n) of n examples. O(n log n).
    /// </summary>
    /// <exception cref="DataOptionException">Some examples have a time and others do not.</exception>
    public static IReadOnlyList<Example> Part(IReadOnlyList<Example> examples, double share, SetPart part)
    {
        var timed = examples.Count(static e => e.EventTime is not null);
        if (timed > 0 && timed < examples.Count)
            throw new DataOptionException("split.by", "time", $"{examples.Count - timed} of {examples.Count} examples have no time; set a time for every example, or remove data.columns.time to split by the order of the rows");
        IReadOnlyList<Example> ordered = timed == 0 ? examples : [.. examples.OrderBy(static e => e.EventTime)];
        // Rounded so that 0.7 of 10 is 7 despite the binary representation of 1 - 0.3.
        var first = (int)Math.Floor(Math.Round((1 - share) * ordered.Count, 9));
        return [.. part == SetPart.Train ? ordered.Take(first) : ordered.Skip(first)];
    }
}
