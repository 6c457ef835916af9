using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// A sampler that draws every eligible candidate with equal probability, each at most once. It tries random positions. If most candidates
/// are cooling down and eight attempts per candidate do not suffice, it shuffles all eligible ones. O(count) expected, O(n) in that case.
/// </summary>
public sealed class UniformSampler : StatelessSampler
{
    private const int AttemptsPerDraw = 8;
    private readonly HashSet<int> _drawn = [];
    private readonly List<int> _eligible = [];

    /// <inheritdoc/>
    protected override void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        _drawn.Clear();
        var probability = 1.0 / from.Count;
        for (var attempts = (long)count * AttemptsPerDraw; attempts > 0 && _drawn.Count < count && _drawn.Count < from.Count; attempts--)
        {
            var slot = from.SlotAt(generator.NextInt32(from.Count));
            if (from.MayBeDrawn(slot) && _drawn.Add(slot))
                into.Add(new Draw(slot, probability, 1));
        }

        if (_drawn.Count < count && _drawn.Count < from.Count)
            DrawFromAll(count - _drawn.Count, probability, from, generator, into);
    }

    private void DrawFromAll(int count, double probability, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        _eligible.Clear();
        for (var place = 0; place < from.Count; place++)
        {
            var slot = from.SlotAt(place);
            if (from.MayBeDrawn(slot) && !_drawn.Contains(slot))
                _eligible.Add(slot);
        }

        for (var drawn = 0; drawn < count && drawn < _eligible.Count; drawn++)
        {
            var place = drawn + generator.NextInt32(_eligible.Count - drawn);
            (_eligible[drawn], _eligible[place]) = (_eligible[place], _eligible[drawn]);
            into.Add(new Draw(_eligible[drawn], probability, 1));
        }
    }
}
