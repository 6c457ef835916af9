using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Tasks;

namespace HnmStreams.Offline.Serial;

/// <summary>
/// A share of the training part on which settings are compared before a test. It is chosen by id, group or event-time interval as the
/// held-out share is, and is independent of it; or it is the latest share, for sets whose test part is the latest.
/// </summary>
/// <remarks>Immutable and thread-safe. O(1) per example.</remarks>
public sealed class ValidationSplit
{
    private const long Seed = 0x7377656570;

    private readonly Func<IMiningTask, Example, bool> _contains;

    /// <param name="share">The share of the examples, 0 to 1.</param>
    /// <param name="interval">The length of an event-time interval that belongs to it as a whole; null splits by id.</param>
    public ValidationSplit(double share, TimeSpan? interval)
    {
        var split = new HeldOutSplit(share, interval, Seed);
        _contains = (task, example) => split.Contains(task, example, ExampleKey.Of(example.Id));
    }

    private ValidationSplit(Func<IMiningTask, Example, bool> contains) => _contains = contains;

    /// <summary>Returns the latest share of examples: by event time, or by their order if one has no time. O(n log n).</summary>
    /// <param name="examples">The training part.</param>
    /// <param name="share">The share of the examples, 0 to 1. Examples with the time of the earliest one of the share belong to it.</param>
    public static ValidationSplit Latest(IReadOnlyList<Example> examples, double share)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var first = examples.Count - (int)Math.Floor(share * examples.Count);
        if (first >= examples.Count)
            return new((_, _) => false);
        if (examples.All(static e => e.EventTime is not null))
        {
            var from = examples.Select(static e => e.EventTime!.Value).Order().ElementAt(first);
            return new((_, example) => example.EventTime >= from);
        }

        var keys = examples.Skip(first).Select(static e => ExampleKey.Of(e.Id)).ToHashSet();
        return new((_, example) => keys.Contains(ExampleKey.Of(example.Id)));
    }

    /// <summary>Returns true if the example belongs to the validation share.</summary>
    public bool Contains(IMiningTask task, Example example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return _contains(task, example);
    }
}
