using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>A candidate that a sampler drew.</summary>
/// <param name="Slot">Slot of the candidate in the pool.</param>
/// <param name="Probability">Probability that a single draw returns it, in (0, 1]; NaN if the sampler defines none (hardest first).</param>
/// <param name="Weight">Factor for its loss that keeps the expected sum unbiased; 1 if the sampler does not correct for its bias.</param>
public readonly record struct Draw(int Slot, double Probability, float Weight);

/// <summary>
/// A strategy for drawing candidates from a pool. A sampler never changes the pool: the pool counts uses and applies the cool-down. The
/// pool reports every change to the sampler before the next draw.
/// </summary>
/// <remarks>Single-threaded; one owner.</remarks>
public interface ISampler
{
    /// <summary>
    /// Records that a slot was filled or that its hardness changed. Slots are small numbers, so an array indexed by slot is a good choice.
    /// </summary>
    void Observe(int slot, float hardness);

    /// <summary>Records that a slot was emptied.</summary>
    void Forget(int slot);

    /// <summary>
    /// Appends up to <paramref name="count"/> draws of candidates that <see cref="IRankedSlots.MayBeDrawn"/>. Fewer if the pool holds no
    /// more, or if the sampler's limit on attempts is reached.
    /// </summary>
    /// <param name="count">Number of candidates to draw.</param>
    /// <param name="from">The candidates of the pool.</param>
    /// <param name="generator">Random number generator.</param>
    /// <param name="into">Receives the draws.</param>
    void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into);

    /// <summary>Writes the state of the sampler beyond the pool itself. Most samplers have none.</summary>
    void Save(StateWriter writer);

    /// <summary>Reads the saved state, after all candidates were observed again.</summary>
    /// <exception cref="InvalidDataException">The data is not the state of this sampler.</exception>
    void Restore(StateReader reader);
}
