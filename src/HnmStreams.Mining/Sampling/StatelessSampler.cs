using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>A sampler that needs to know nothing but the pool itself. Checks the arguments; the subclass draws.</summary>
public abstract class StatelessSampler : ISampler
{
    public void Observe(int slot, float hardness)
    {
    }

    public void Forget(int slot)
    {
    }

    public void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        if (count > 0 && from.Count > 0)
            DrawSome(count, from, generator, into);
    }

    public void Save(StateWriter writer)
    {
    }

    public void Restore(StateReader reader)
    {
    }

    /// <param name="count">1 or more; the pool is not empty.</param>
    protected abstract void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into);
}
