using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Tasks;

namespace HnmStreams.Offline.Serial;

/// <summary>
/// A share of the training part on which settings are compared before a test. It is chosen by id, group or event-time interval as the
/// held-out share is, and is independent of it.
/// </summary>
/// <param name="share">The share of the examples, 0 to 1.</param>
/// <param name="interval">The length of an event-time interval that belongs to it as a whole; null splits by id.</param>
/// <remarks>Immutable and thread-safe. O(1) per example.</remarks>
public sealed class ValidationSplit(double share, TimeSpan? interval)
{
    private const long Seed = 0x7377656570;

    private readonly HeldOutSplit _split = new(share, interval, Seed);

    /// <summary>Returns true if the example belongs to the validation share.</summary>
    public bool Contains(IMiningTask task, Example example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return _split.Contains(task, example, ExampleKey.Of(example.Id));
    }
}
