using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>A base class for samplers without state beyond the pool. It checks the arguments; the derived class draws.</summary>
public abstract class StatelessSampler : ISampler
{
    /// <inheritdoc/>
    public void Observe(int slot, float hardness)
    {
    }

    /// <inheritdoc/>
    public void Forget(int slot)
    {
    }

    /// <inheritdoc/>
    public void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        if (count > 0 && from.Count > 0)
            DrawSome(count, from, generator, into);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
    }

    /// <summary>Draws candidates as <see cref="Draw"/> does.</summary>
    /// <param name="count">Number of candidates to draw, 1 or more.</param>
    /// <param name="from">The candidates of the pool, at least one.</param>
    /// <param name="generator">Random number generator.</param>
    /// <param name="into">Receives the draws.</param>
    protected abstract void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into);
}
