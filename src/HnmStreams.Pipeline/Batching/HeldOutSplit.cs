using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Torch;

namespace HnmStreams.Pipeline.Batching;

/// <summary>
/// A deterministic held-out split by an example's id, its group (<see cref="ILearningTask.HoldOutKey"/>) or its event-time interval,
/// the same in every epoch, restart and replica.
/// </summary>
/// <param name="share">The share of examples that are held out, 0 to 1.</param>
/// <param name="seed">Splits of different seeds are independent.</param>
/// <param name="interval">The length of an event-time interval, above 0; null splits by id.</param>
/// <param name="secret">A text that producers do not know, so that they cannot choose ids that are held out; null for the split that anyone can compute.</param>
internal readonly struct HeldOutSplit(double share, TimeSpan? interval = null, long seed = HeldOutSplit.DefaultSeed, string? secret = null)
{
    private const long DefaultSeed = 0x686e6d;

    // The split hashes the id's 128-bit hash again, with its own seed, so that it is independent of how hash tables distribute their keys.
    private readonly long _seed = secret is null ? seed : (long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(secret), seed);
    private readonly ulong _bound = share >= 1 ? ulong.MaxValue : (ulong)(share * ulong.MaxValue);

    public bool Contains(ILearningTask task, Example example, ExampleKey id) => Contains(task, example.Target, example.EventTime, id);

    public bool Contains(ILearningTask task, Target target, DateTimeOffset? eventTime, ExampleKey id)
    {
        if (_bound == 0)
            return false;
        var key = task.HoldOutKey(target, id);
        return Contains(key == id && interval is { } length && eventTime is { } time ? IntervalOf(time, length) : key);
    }

    public bool Contains(ExampleKey key)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, key.Value);
        return _bound > 0 && XxHash64.HashToUInt64(bytes, _seed) <= _bound;
    }

    private static ExampleKey IntervalOf(DateTimeOffset time, TimeSpan length) => new((UInt128)(ulong)(time.UtcTicks / length.Ticks));
}
