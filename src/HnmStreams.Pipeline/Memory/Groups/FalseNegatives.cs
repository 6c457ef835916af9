using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Memory.Groups;

/// <summary>The pairs that a cross-encoder found relevant although they share no group. They are not drawn as negatives of each other again. The oldest pairs are forgotten first.</summary>
/// <remarks>Owned by the ranking stage. At most <see cref="MaxPairs"/> pairs, about 200 bytes each.</remarks>
internal sealed class FalseNegatives
{
    public const string PartName = "false-negatives.bin";
    public const int MaxPairs = 1 << 16;
    private const string Structure = "false negatives";

    private readonly Dictionary<CandidateKey, HashSet<CandidateKey>> _partners = [];
    private Queue<(CandidateKey One, CandidateKey Other)> _order = new();

    public int Count => _order.Count;

    public bool Contains(CandidateKey one, CandidateKey other) => _partners.TryGetValue(one, out var partners) && partners.Contains(other);

    public void Add(CandidateKey one, CandidateKey other)
    {
        if (one == other || !PartnersOf(one).Add(other))
            return;
        PartnersOf(other).Add(one);
        _order.Enqueue((one, other));
        if (_order.Count <= MaxPairs)
            return;
        var (first, second) = _order.Dequeue();
        Part(first, second);
        Part(second, first);
    }

    /// <summary>Forgets the pairs of an example that was removed or corrected. O(pairs) if it has any.</summary>
    public void Remove(CandidateKey key)
    {
        if (!_partners.Remove(key, out var partners))
            return;
        foreach (var partner in partners)
            Part(partner, key);
        _order = new(_order.Where(pair => pair.One != key && pair.Other != key));
    }

    /// <summary>Returns a copy of the pairs as an action that writes them.</summary>
    public Action<StateWriter> Capture()
    {
        var pairs = _order.ToArray();
        return writer =>
        {
            writer.Begin(Structure, 1);
            writer.WriteInt32(pairs.Length);
            foreach (var (one, other) in pairs)
            {
                CandidateKeyCodec.Instance.Write(writer, one);
                CandidateKeyCodec.Instance.Write(writer, other);
            }
        };
    }

    /// <exception cref="InvalidDataException">The state is not that of such pairs.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        for (var left = reader.ReadCount(40); left > 0; left--)
            Add(CandidateKeyCodec.Instance.Read(reader), CandidateKeyCodec.Instance.Read(reader));
    }

    private HashSet<CandidateKey> PartnersOf(CandidateKey key)
    {
        if (!_partners.TryGetValue(key, out var partners))
            _partners[key] = partners = [];
        return partners;
    }

    private void Part(CandidateKey from, CandidateKey partner)
    {
        if (_partners.TryGetValue(from, out var partners) && partners.Remove(partner) && partners.Count == 0)
            _partners.Remove(from);
    }
}
