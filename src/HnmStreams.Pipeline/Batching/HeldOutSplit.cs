using System.Buffers.Binary;
using HnmStreams.Data.Examples;
using HnmStreams.Torch;

namespace HnmStreams.Pipeline.Batching;

/// <summary>
/// Decides by an example's id, its group (<see cref="ILearningTask.HoldOutKey"/>) or its stretch of time whether it is
/// held out, so that every epoch, restart and replica decides alike.
/// </summary>
/// <param name="share">0 to 1.</param>
/// <param name="stretch">Null is by id. Above 0.</param>
internal readonly struct HeldOutSplit(double share, TimeSpan? stretch = null)
{
    // The split reads its own 64 bits of the id's 128-bit hash, so it is independent of how a hash table spreads its keys.
    private readonly ulong _bound = share >= 1 ? ulong.MaxValue : (ulong)(share * ulong.MaxValue);

    public bool Contains(ILearningTask task, Example example, ExampleKey id)
    {
        var key = task.HoldOutKey(example, id);
        return Contains(key == id && stretch is { } length && example.EventTime is { } time ? StretchOf(time, length) : key);
    }

    public bool Contains(ExampleKey key)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, key.Value);
        return _bound > 0 && System.IO.Hashing.XxHash64.HashToUInt64(bytes, seed: 0x686e6d) <= _bound;
    }

    private static ExampleKey StretchOf(DateTimeOffset time, TimeSpan length) => new((UInt128)(ulong)(time.UtcTicks / length.Ticks));
}
