using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// A sampler for prioritized experience replay (Schaul et al., arXiv 1511.05952, sections 3.3 and 3.4): P(i) is proportional to (hardness +
/// epsilon)^alpha. Importance weights are (N P(i))^-beta divided by the largest weight of any candidate, so they lie in (0, 1]. Stratified
/// draws follow appendix B.2.1.
/// </summary>
/// <remarks>
/// O(log n) per draw, and O(log n) per candidate that was found cooling down. A candidate that must not be drawn (again) has no mass until
/// the draw is complete, so a draw is short only if too few candidates are eligible. <see cref="Draw.Probability"/> is that of the first
/// draw.
/// </remarks>
public sealed class ProportionalSampler : ISampler
{
    private const string Structure = "proportional";
    // Number of points that are looked up together.
    private const int Block = 32;
    private readonly SumTree _tree = new();
    private readonly ProportionalOptions _options;
    private readonly List<(int Slot, double Mass)> _excluded = [];

    /// <summary>Creates a sampler without candidates.</summary>
    public ProportionalSampler(ProportionalOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, Beta) = (options, options.Beta);
    }

    /// <summary>
    /// The degree of the importance-sampling correction, 0 to 1. May be raised during training (the paper raises it linearly to 1); saved
    /// with the state.
    /// </summary>
    public double Beta { get; set; }

    /// <inheritdoc/>
    public void Observe(int slot, float hardness) => _tree[slot] = MassOf(hardness);

    /// <inheritdoc/>
    public void Forget(int slot) => _tree[slot] = 0;

    /// <inheritdoc/>
    public void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        if (from.Count == 0)
            return;
        var total = _tree.Total;
        // Mass increases with hardness: the easiest candidate has the smallest probability and therefore the largest weight.
        var smallest = MassOf(from.HardnessOf(from.SlotAtRank(from.Count - 1)));
        Span<double> points = stackalloc double[Block];
        Span<int> slots = stackalloc int[Block];
        for (var drawn = 0; drawn < count && _tree.Total > 0;)
        {
            var block = Math.Min(Block, count - drawn);
            for (var i = 0; i < block; i++)
                points[i] = (_options.Stratified ? (drawn + i + generator.NextDouble()) / count : generator.NextDouble()) * _tree.Total;
            _tree.FindAll(points[..block], slots[..block]);
            foreach (var slot in slots[..block])
            {
                // The candidate was excluded earlier in this block. Skipping a repeat is drawing without replacement.
                var mass = _tree[slot];
                if (mass == 0)
                    continue;
                var eligible = from.MayBeDrawn(slot);
                if (eligible)
                {
                    into.Add(new Draw(slot, mass / total, Beta == 0 ? 1 : MathF.Pow((float)(smallest / mass), (float)Beta)));
                    drawn++;
                }

                if (!eligible || !_options.WithReplacement)
                    Exclude(slot, mass);
            }
        }

        foreach (var (slot, mass) in _excluded)
            _tree[slot] = mass;
        _excluded.Clear();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteDouble(Beta);
    }

    /// <inheritdoc/>
    public void Restore(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var beta = reader.ReadDouble();
        Beta = beta is >= 0 and <= 1 ? beta : throw reader.Invalid($"beta must be 0 to 1 but is {beta}");
    }

    private void Exclude(int slot, double mass)
    {
        _excluded.Add((slot, mass));
        _tree[slot] = 0;
    }

    private double MassOf(float hardness) => Math.Pow(Math.Max(0, hardness) + _options.Epsilon, _options.Alpha);
}
