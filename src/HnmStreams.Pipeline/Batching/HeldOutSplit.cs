using System.Buffers.Binary;
using HnmStreams.Data.Examples;

namespace HnmStreams.Pipeline.Batching;

/// <summary>
/// Decides by the id alone (or what the task holds out by, <see cref="Torch.ILearningTask.HoldOutKey"/>) whether an example is held out, so that every epoch, restart and replica decides alike.
/// </summary>
/// <param name="share">0 to 1.</param>
internal readonly struct HeldOutSplit(double share)
{
    // The split reads its own 64 bits of the id's 128-bit hash, so it is independent of how a hash table spreads its keys.
    private readonly ulong _bound = share >= 1 ? ulong.MaxValue : (ulong)(share * ulong.MaxValue);

    public bool Contains(ExampleKey key)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, key.Value);
        return _bound > 0 && System.IO.Hashing.XxHash64.HashToUInt64(bytes, seed: 0x686e6d) <= _bound;
    }
}
