using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// Every resident that may be drawn alike, none twice. Places are tried at random; where most cool down, so that eight
/// tries for each do not suffice, the rest is a partial shuffle of all that may be drawn. O(count) expected, O(n) then.
/// </summary>
public sealed class UniformSampler : StatelessSampler
{
    private const int TriesEach = 8;
    private readonly HashSet<int> _given = [];
    private readonly List<int> _eligible = [];

    protected override void DrawSome(int count, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        _given.Clear();
        var probability = 1.0 / from.Count;
        for (var tries = (long)count * TriesEach; tries > 0 && _given.Count < count && _given.Count < from.Count; tries--)
        {
            var slot = from.SlotAt(generator.NextInt32(from.Count));
            if (from.MayBeDrawn(slot) && _given.Add(slot))
                into.Add(new Draw(slot, probability, 1));
        }

        if (_given.Count < count && _given.Count < from.Count)
            DrawFromAll(count - _given.Count, probability, from, generator, into);
    }

    private void DrawFromAll(int count, double probability, IRankedSlots from, Xoshiro256StarStar generator, ICollection<Draw> into)
    {
        _eligible.Clear();
        for (var place = 0; place < from.Count; place++)
        {
            var slot = from.SlotAt(place);
            if (from.MayBeDrawn(slot) && !_given.Contains(slot))
                _eligible.Add(slot);
        }

        for (var given = 0; given < count && given < _eligible.Count; given++)
        {
            var place = given + generator.NextInt32(_eligible.Count - given);
            (_eligible[given], _eligible[place]) = (_eligible[place], _eligible[given]);
            into.Add(new Draw(_eligible[given], probability, 1));
        }
    }
}
