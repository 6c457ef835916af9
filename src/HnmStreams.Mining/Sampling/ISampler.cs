using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>A resident that was drawn.</summary>
/// <param name="Slot">Its slot in the pool.</param>
/// <param name="Probability">Chance that a single draw had of giving it, in (0, 1]; NaN where the sampler has none to give (hardest first).</param>
/// <param name="Weight">What its loss is to be multiplied by so that the sum stays unbiased; 1 where the sampler does not correct.</param>
public readonly record struct Draw(int Slot, double Probability, float Weight);

/// <summary>
/// What is drawn from a pool. A sampler never changes the pool: use counts and cool-down are the pool's. The pool tells
/// it of every change, before the next draw.
/// </summary>
/// <remarks>One owner, one thread.</remarks>
public interface ISampler
{
    /// <summary>A slot was filled, or its hardness has changed. Slots are small numbers: an array by slot is well spent.</summary>
    void Observe(int slot, float hardness);

    /// <summary>A slot was emptied.</summary>
    void Forget(int slot);

    /// <summary>
    /// Appends up to <paramref name="count"/> draws of residents that <see cref="IRankedSlots.MayBeDrawn"/>. Fewer where
    /// the pool holds no more, or the bounded number of tries that the sampler states is spent.
    /// </summary>
    void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into);

    /// <summary>What it knows beyond the pool itself (nothing, for most).</summary>
    void Save(StateWriter writer);

    /// <summary>Reads what was saved, once all residents were observed again.</summary>
    /// <exception cref="InvalidDataException">The state is not this sampler's.</exception>
    void Restore(StateReader reader);
}
