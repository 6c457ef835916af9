using System.Buffers.Binary;
using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;

namespace HnmStreams.Pipeline.Flow.Sharing;

/// <summary>
/// The random numbers of an arriving example: hashes of its id and its place in the stream. Every process computes the same ones, in any
/// order, so that a process that scores examples knows which of them a reservoir may keep.
/// </summary>
/// <param name="seed">The seed of the learner.</param>
/// <remarks>O(1). Independent for each arrival, also for a second one of the same id.</remarks>
internal readonly struct ArrivalDraw(ulong seed)
{
    // The two draws of an arrival are independent of each other and of the split of held-out examples.
    private const ulong SecondDraw = 0x9E3779B97F4A7C15;

    /// <summary>Returns the draw for the reservoir.</summary>
    public ulong Of(ExampleKey key, in Origin origin) => Hash(key, origin, seed);

    /// <summary>Returns the draw for the share of new positives and held-out examples that are kept.</summary>
    public ulong SecondOf(ExampleKey key, in Origin origin) => Hash(key, origin, seed ^ SecondDraw);

    private static ulong Hash(ExampleKey key, in Origin origin, ulong seed)
    {
        Span<byte> place = stackalloc byte[28];
        BinaryPrimitives.WriteUInt128LittleEndian(place, key.Value);
        BinaryPrimitives.WriteInt32LittleEndian(place[16..], origin.Partition);
        BinaryPrimitives.WriteInt64LittleEndian(place[20..], origin.Offset);
        return XxHash3.HashToUInt64(place, (long)seed);
    }
}
