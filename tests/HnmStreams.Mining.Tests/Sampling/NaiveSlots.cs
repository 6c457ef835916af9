using HnmStreams.Mining.Sampling;

namespace HnmStreams.Mining.Tests.Sampling;

/// <summary>A naive pool: slot i has the i-th hardness, and ranks come from sorting.</summary>
internal sealed class NaiveSlots(params float[] hardness) : IRankedSlots
{
    private readonly int[] _byRank = [.. Enumerable.Range(0, hardness.Length).OrderByDescending(s => hardness[s]).ThenByDescending(s => s)];

    public HashSet<int> Cooling { get; } = [];

    public int Count => hardness.Length;

    public int SlotAtRank(int rank) => _byRank[rank];

    public int RankOf(int slot) => Array.IndexOf(_byRank, slot);

    public int SlotAt(int place) => place;

    public float HardnessOf(int slot) => hardness[slot];

    public bool MayBeDrawn(int slot) => !Cooling.Contains(slot);

    public void ObserveAll(ISampler sampler)
    {
        for (var slot = 0; slot < hardness.Length; slot++)
            sampler.Observe(slot, hardness[slot]);
    }
}
