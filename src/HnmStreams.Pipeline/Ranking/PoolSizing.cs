using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Windows;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// The size of the pool, which follows the number of distinct negatives if <see cref="PoolOptions.DistinctShare"/> is set and the task
/// has one rare class. The other tasks keep the fixed size, because a size that follows the stream was not measured on them.
/// </summary>
/// <remarks>Owned by the ranking stage.</remarks>
internal sealed class PoolSizing(PoolOptions options, IMiningTask task)
{
    /// <summary>The name of the part in a checkpoint.</summary>
    public const string PartName = "pool-size.bin";

    private readonly DistinctCount? _negatives = options.DistinctShare > 0 && task is LabeledTask { HasPositives: true } ? new DistinctCount() : null;

    /// <summary>The share of distinct negatives that the size follows; 0 if it is fixed.</summary>
    public double FollowedShare => _negatives is null ? 0 : options.DistinctShare;

    /// <summary>Counts a negative. O(1).</summary>
    public void Add(ExampleKey key) => _negatives?.Add((ulong)key.Value);

    /// <summary>Sets the size of the pool. O(k log n) for k candidates that must leave.</summary>
    public void Apply(IHardPool<ExampleKey, StoredExample> pool)
    {
        if (_negatives is not null)
            pool.MaxCount = options.CountFor(_negatives.Estimate);
    }

    /// <summary>Captures the count, to be written on another thread; null if the size is fixed.</summary>
    public Action<StateWriter>? Capture()
    {
        if (_negatives is null)
            return null;
        var copy = new StateWriter();
        _negatives.Save(copy);
        return writer => writer.WriteBytes(copy.Written.Span);
    }

    /// <summary>Restores a saved count; ignores it if the size is fixed now.</summary>
    public void Restore(StateReader reader) => _negatives?.Restore(reader);
}
