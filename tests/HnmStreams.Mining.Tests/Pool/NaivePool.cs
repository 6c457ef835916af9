using HnmStreams.Mining.Pool;

namespace HnmStreams.Mining.Tests.Pool;

/// <summary>The pool as one would write it without a thought of speed: a list, sorted when somebody asks.</summary>
internal sealed class NaivePool(PoolOptions options)
{
    private readonly List<Resident> _residents = [];
    private long _arrivals;

    public int Count => _residents.Count;

    public long Bytes => _residents.Sum(r => (long)r.Bytes);

    public IEnumerable<(int Key, float Hardness, int Uses)> HardestFirst =>
        _residents.OrderByDescending(r => r.Hardness).ThenByDescending(r => r.Arrival).Select(r => (r.Key, r.Hardness, r.Uses));

    public OfferOutcome Offer(int key, float hardness, int bytes)
    {
        if (Update(key, hardness))
            return OfferOutcome.Resident;
        var leaving = new List<Resident>();
        foreach (var easiest in _residents.OrderBy(r => r.Hardness).ThenBy(r => r.Arrival))
        {
            if (Fits() || easiest.Hardness >= hardness)
                break;
            leaving.Add(easiest);
        }

        if (!Fits())
            return OfferOutcome.Refused;
        _residents.RemoveAll(leaving.Contains);
        _residents.Add(new Resident { Key = key, Hardness = hardness, Bytes = bytes, Arrival = _arrivals++, NextStep = long.MinValue });
        return OfferOutcome.Added;

        bool Fits() => Count - leaving.Count < options.Count && Bytes - leaving.Sum(r => (long)r.Bytes) + bytes <= options.Bytes;
    }

    public bool Update(int key, float hardness)
    {
        if (_residents.Find(r => r.Key == key) is not { } resident)
            return false;
        resident.Hardness = hardness;
        return true;
    }

    public bool Remove(int key) => _residents.RemoveAll(r => r.Key == key) > 0;

    public List<int> DrawHardest(int count, long step)
    {
        var drawn = _residents.Where(r => r.NextStep <= step)
            .OrderByDescending(r => r.Hardness).ThenByDescending(r => r.Arrival).Take(count).ToList();
        foreach (var resident in drawn)
        {
            resident.Uses++;
            resident.NextStep = step + 1 + options.CooldownSteps;
        }

        _residents.RemoveAll(r => options.MaximumUses > 0 && r.Uses >= options.MaximumUses);
        return [.. drawn.Select(r => r.Key)];
    }

    private sealed class Resident
    {
        public int Key { get; init; }

        public float Hardness { get; set; }

        public int Bytes { get; init; }

        public long Arrival { get; init; }

        public int Uses { get; set; }

        public long NextStep { get; set; }
    }
}
