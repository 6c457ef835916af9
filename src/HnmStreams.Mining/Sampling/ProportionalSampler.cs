using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// Prioritized experience replay (Schaul et al., arXiv 1511.05952, section 3.3 and 3.4): P(i) proportional to
/// (hardness + epsilon)^alpha, weights (N P(i))^-beta divided by the largest that any resident would get, so that they
/// lie in (0, 1]. Stratified draws as in appendix B.2.1.
/// </summary>
/// <remarks>
/// O(log n) each, and O(log n) for each that cools down and was met. What must not be given (again) has no mass until
/// the draw is over, so that a draw is short only where too few may be drawn. <see cref="Draw.Probability"/> is that of
/// the first draw.
/// </remarks>
public sealed class ProportionalSampler : ISampler
{
    private const string Structure = "proportional";
    // Points that are looked up together.
    private const int Block = 32;
    private readonly SumTree _tree = new();
    private readonly ProportionalOptions _options;
    private readonly List<(int Slot, double Mass)> _aside = [];

    public ProportionalSampler(ProportionalOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, Beta) = (options, options.Beta);
    }

    /// <summary>May be raised as training goes on (the paper goes to 1 in a straight line); saved with the state.</summary>
    public double Beta { get; set; }

    public void Observe(int slot, float hardness) => _tree[slot] = MassOf(hardness);

    public void Forget(int slot) => _tree[slot] = 0;

    public void Draw(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(into);
        if (from.Count == 0)
            return;
        var total = _tree.Total;
        // Mass rises with hardness: the easiest has the smallest probability, and with it the largest weight.
        var smallest = MassOf(from.HardnessOf(from.SlotAtRank(from.Count - 1)));
        Span<double> points = stackalloc double[Block];
        Span<int> slots = stackalloc int[Block];
        for (var given = 0; given < count && _tree.Total > 0;)
        {
            var block = Math.Min(Block, count - given);
            for (var i = 0; i < block; i++)
                points[i] = (_options.Stratified ? (given + i + generator.NextDouble()) / count : generator.NextDouble()) * _tree.Total;
            _tree.FindAll(points[..block], slots[..block]);
            foreach (var slot in slots[..block])
            {
                // Set aside earlier in this block: to pass over a repeat is to draw without replacement.
                var mass = _tree[slot];
                if (mass == 0)
                    continue;
                var eligible = from.MayBeDrawn(slot);
                if (eligible)
                {
                    into.Add(new Draw(slot, mass / total, Beta == 0 ? 1 : MathF.Pow((float)(smallest / mass), (float)Beta)));
                    given++;
                }

                if (!eligible || !_options.WithReplacement)
                    SetAside(slot, mass);
            }
        }

        foreach (var (slot, mass) in _aside)
            _tree[slot] = mass;
        _aside.Clear();
    }

    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteDouble(Beta);
    }

    public void Restore(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var beta = reader.ReadDouble();
        Beta = beta is >= 0 and <= 1 ? beta : throw reader.Invalid($"a beta of {beta}");
    }

    private void SetAside(int slot, double mass)
    {
        _aside.Add((slot, mass));
        _tree[slot] = 0;
    }

    private double MassOf(float hardness) => Math.Pow(Math.Max(0, hardness) + _options.Epsilon, _options.Alpha);
}
