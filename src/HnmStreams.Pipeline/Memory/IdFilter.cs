using System.Numerics;
using HnmStreams.Data.Examples;

namespace HnmStreams.Pipeline.Memory;

/// <summary>
/// A counting filter of ids (Fan et al., Summary Cache, IEEE/ACM ToN 8(3), 2000, with one hash function): one byte per bucket counts the
/// ids in it. Most arriving ids are new, and then one access to memory replaces a lookup in every structure that holds examples.
/// </summary>
/// <param name="expected">About the number of ids. More make false positives more frequent, but nothing else.</param>
/// <remarks>Not thread-safe. O(1). Ids are hashes already, so that their lower bits select the bucket.</remarks>
internal sealed class IdFilter(long expected)
{
    // At 8 buckets per id, one new id in nine hits a bucket that is in use.
    private const int BucketsPerId = 8;
    private const long MinBuckets = 1 << 16, MaxBuckets = 1 << 24;

    private readonly byte[] _counts = new byte[(int)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(expected * BucketsPerId, MinBuckets, MaxBuckets))];

    public void Add(ExampleKey id)
    {
        ref var count = ref Count(id);
        // A full count stays full, because the ids in it are no longer known.
        if (count < byte.MaxValue)
            count++;
    }

    /// <summary>Removes an id that was added.</summary>
    public void Remove(ExampleKey id)
    {
        ref var count = ref Count(id);
        if (count is > 0 and < byte.MaxValue)
            count--;
    }

    /// <summary>Returns false if the id is not in the filter. May return true although it is not.</summary>
    public bool MayContain(ExampleKey id) => Count(id) > 0;

    private ref byte Count(ExampleKey id) => ref _counts[(int)((ulong)id.Value & (ulong)(_counts.Length - 1))];
}
