using HnmStreams.Mining.Pool;

namespace HnmStreams.Mining.Tests.Pool;

/// <summary>
/// A naive model of a pool: a list that is scanned. The pool under test chooses which of several equally hard candidates
/// is evicted; the model checks that the choice is valid.
/// </summary>
internal sealed class NaivePool(PoolOptions options)
{
    /// <summary>The pool compares priorities in single precision, which resolves this difference up to an exponent of 1,024.</summary>
    public const double Resolution = 2e-4;

    public List<Entry> Entries { get; } = [];

    public int MaxCount { get; private set; } = options.Count;

    /// <summary>Changes the maximum; each candidate that left must have been the easiest of those that were too many.</summary>
    public void Resize(int maxCount, IReadOnlyList<CandidateKey<long>> left)
    {
        MaxCount = maxCount;
        foreach (var leaving in left)
        {
            var entry = Find(leaving)!;
            var (tooMany, groupTooMany) = (Entries.Count > MaxCount, options.GroupShare < 1 && Entries.Count(e => e.Group == entry.Group) > Share);
            Assert.True(tooMany || groupTooMany, "A candidate was evicted although there was room.");
            var lowest = Entries.Where(e => tooMany || e.Group == entry.Group).Min(e => PriorityOf(e.Hardness, e.Version));
            Assert.InRange(PriorityOf(entry.Hardness, entry.Version) - lowest, 0, Resolution);
            Entries.Remove(entry);
        }

        Assert.InRange(Entries.Count, 0, MaxCount);
    }

    public long Bytes => Entries.Sum(e => (long)e.Bytes);

    public Entry? Find(CandidateKey<long> key) => Entries.Find(e => e.Key == key);

    public double PriorityOf(float hardness, long version) => options.HalfLife > 0
        ? Math.Log2(Math.Max(hardness, float.Epsilon)) + (version / options.HalfLife)
        : hardness;

    public OfferOutcome Offer(CandidateKey<long> key, float hardness, long version, int bytes, int group, IReadOnlyList<CandidateKey<long>> left)
    {
        if (!float.IsFinite(hardness))
            return Refuse(left);
        if (Find(key) is { } resident)
        {
            Assert.Empty(left);
            (resident.Hardness, resident.Version) = (hardness, version);
            return OfferOutcome.Updated;
        }

        var priority = PriorityOf(hardness, version);
        if (!CouldEnter(priority, bytes, group))
            return Refuse(left);
        // Candidates that differ by less than its resolution are equally hard to the pool.
        if (left.Count == 0 && !HasRoom(bytes) && Entries.Exists(e => Math.Abs(PriorityOf(e.Hardness, e.Version) - priority) < Resolution))
            return OfferOutcome.Refused;
        foreach (var leaving in left)
        {
            var inGroup = options.GroupShare < 1 && Entries.Count(e => e.Group == group) >= Share;
            Assert.True(inGroup || !HasRoom(bytes), "A candidate was evicted although there was room.");
            var entry = Find(leaving)!;
            var lowest = Entries.Where(e => !inGroup || e.Group == group).Min(e => PriorityOf(e.Hardness, e.Version));
            Assert.InRange(PriorityOf(entry.Hardness, entry.Version) - lowest, 0, Resolution);
            Assert.True(lowest < priority + Resolution);
            Entries.Remove(entry);
        }

        Assert.True(HasRoom(bytes));
        Entries.Add(new Entry(key) { Hardness = hardness, Version = version, Bytes = bytes, Group = group });
        return OfferOutcome.Added;
    }

    private int Share => Math.Max(1, (int)(MaxCount * options.GroupShare));

    private bool HasRoom(int bytes) => Entries.Count < MaxCount && Bytes + bytes <= options.Bytes;

    // True if there is room after every easier candidate was evicted. The order of ties does not matter.
    private bool CouldEnter(double priority, int bytes, int group)
    {
        var easier = Entries.Where(e => PriorityOf(e.Hardness, e.Version) < priority).ToList();
        var groupIsFull = options.GroupShare < 1 && Entries.Count(e => e.Group == group) >= Share;
        return bytes <= options.Bytes
            && Entries.Count - easier.Count < MaxCount
            && Bytes - easier.Sum(e => (long)e.Bytes) + bytes <= options.Bytes
            && (!groupIsFull || easier.Exists(e => e.Group == group));
    }

    private static OfferOutcome Refuse(IReadOnlyList<CandidateKey<long>> left)
    {
        Assert.Empty(left);
        return OfferOutcome.Refused;
    }

    internal sealed class Entry(CandidateKey<long> key)
    {
        public CandidateKey<long> Key { get; } = key;

        public float Hardness { get; set; }

        public long Version { get; set; }

        public int Bytes { get; init; }

        public int Group { get; init; }

        public int Uses { get; set; }

        public long NextStep { get; set; } = long.MinValue;
    }
}
