using System.Runtime.CompilerServices;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.Pool;

/// <summary>What a pool remembers beside its residents.</summary>
internal readonly record struct PoolMarks(long ScaleBase, long NewestVersion, long ExpiredUpTo, long Bytes);

/// <summary>The arrays that a pool's index is copied into.</summary>
internal sealed record PoolIndex<TId, TPayload>(Resident<TId>[] Residents, TPayload[] Payloads, int[] Places)
    where TId : struct, IEquatable<TId>;

/// <summary>Keeps the memory of the last snapshot for the next one.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class SnapshotBuffers<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    private PoolIndex<TId, TPayload>? _spare;

    public PoolIndex<TId, TPayload> Rent(int slots) =>
        Interlocked.Exchange(ref _spare, null) is { } spare && spare.Places.Length >= slots
            ? spare
            : new(GC.AllocateUninitializedArray<Resident<TId>>(slots), new TPayload[slots], GC.AllocateUninitializedArray<int>(slots));

    public void Return(PoolIndex<TId, TPayload> index)
    {
        // Only payloads can hold references.
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TPayload>())
            Array.Clear(index.Payloads);
        Volatile.Write(ref _spare, index);
    }
}

/// <summary>A pool's index as it stood at one moment. The pool goes on meanwhile.</summary>
/// <remarks>One reader at a time, on any thread. Costs 12 bytes and a resident (64 bytes where ids are numbers of 64 bits) for each, and a payload handle.</remarks>
public sealed class PoolSnapshot<TId, TPayload> : IDisposable
    where TId : struct, IEquatable<TId>
{
    private const string Structure = "pool";
    private const int Version = 1;

    // Unit, hardness, version, next step, uses, bytes, group and slot: what a resident takes at least, whatever its id and payload.
    private const int BytesEach = (sizeof(int) * 5) + sizeof(float) + (sizeof(long) * 2);

    private readonly SnapshotBuffers<TId, TPayload> _owner;
    private readonly PoolIndex<TId, TPayload> _copy;
    private readonly int[] _free;
    private readonly PoolMarks _marks;
    private readonly ReadOnlyMemory<byte> _sampler;
    private bool _disposed;

    internal PoolSnapshot(SnapshotBuffers<TId, TPayload> buffers, ResidentStore<TId, TPayload> store, PoolMarks marks, ReadOnlyMemory<byte> sampler)
    {
        (_owner, _marks, _sampler, Count) = (buffers, marks, sampler, store.Count);
        _copy = buffers.Rent(store.HighWater);
        store.Residents.AsSpan(0, store.HighWater).CopyTo(_copy.Residents);
        store.Payloads[..store.HighWater].CopyTo(_copy.Payloads);
        store.Places.CopyTo(_copy.Places);
        _free = store.CopyFree();
    }

    public int Count { get; }

    /// <summary>In no particular order. O(1).</summary>
    public PoolItem<TId, TPayload> this[int place]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, (uint)Count, nameof(place));
            var slot = _copy.Places[place];
            ref var resident = ref _copy.Residents[slot];
            return new(new(resident.Id, resident.Unit), _copy.Payloads[slot], resident.Hardness, resident.Version, resident.Uses, resident.Bytes);
        }
    }

    /// <summary>Everything, exactly; <see cref="PoolPersistence.Restore"/> reads it. O(n).</summary>
    public void Save(StateWriter writer, IStateCodec<TId> ids, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(payloads);
        ObjectDisposedException.ThrowIf(_disposed, this);
        writer.Begin(Structure, Version);
        writer.WriteInt64(_marks.ScaleBase);
        writer.WriteInt64(_marks.NewestVersion);
        writer.WriteInt64(_marks.ExpiredUpTo);
        writer.WriteArray<int>(_free);
        writer.WriteInt32(Count);
        foreach (var slot in _copy.Places.AsSpan(0, Count))
        {
            ref var resident = ref _copy.Residents[slot];
            writer.WriteInt32(slot);
            ids.Write(writer, resident.Id);
            writer.WriteInt32(resident.Unit);
            writer.WriteSingle(resident.Hardness);
            writer.WriteInt64(resident.Version);
            writer.WriteInt64(resident.NextStep);
            writer.WriteInt32(resident.Uses);
            writer.WriteInt32(resident.Bytes);
            writer.WriteInt32(resident.Group);
            payloads.Write(writer, _copy.Payloads[slot]);
        }

        writer.WriteBytes(_sampler.Span);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _owner.Return(_copy);
    }

    internal static PoolMarks ReadInto(ResidentStore<TId, TPayload> store, StateReader reader, IStateCodec<TId> ids, IStateCodec<TPayload> payloads)
    {
        reader.Expect(Structure, Version);
        var marks = new PoolMarks(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), 0);
        var free = reader.ReadArray<int>();
        var count = reader.ReadCount(BytesEach);
        var taken = new bool[free.Length + count];
        foreach (var slot in free)
            Take(taken, slot, reader);
        var bytes = 0L;
        for (var i = 0; i < count; i++)
        {
            var slot = reader.ReadInt32();
            Take(taken, slot, reader);
            var key = new CandidateKey<TId>(ids.Read(reader), reader.ReadInt32());
            if (store.Find(key) >= 0)
                throw reader.Invalid($"{key} a second time");
            var read = new Resident<TId>
            {
                Hardness = reader.ReadSingle(),
                Version = reader.ReadInt64(),
                NextStep = reader.ReadInt64(),
                Uses = reader.ReadInt32(),
                Bytes = reader.ReadInt32(),
                Group = reader.ReadInt32(),
            };
            if (!float.IsFinite(read.Hardness) || read.Uses < 0 || read.Bytes < 0)
                throw reader.Invalid($"{key} with hardness {read.Hardness}, {read.Uses} uses and {read.Bytes} bytes");
            store.Fill(slot, key, payloads.Read(reader));
            ref var resident = ref store[slot];
            (resident.Hardness, resident.Version, resident.NextStep) = (read.Hardness, read.Version, read.NextStep);
            (resident.Uses, resident.Bytes, resident.Group) = (read.Uses, read.Bytes, read.Group);
            bytes += read.Bytes;
        }

        store.RestoreFree(free);
        return marks with { Bytes = bytes };
    }

    // Slots are 0 to the count of filled and free ones, each once.
    private static void Take(bool[] taken, int slot, StateReader reader)
    {
        if ((uint)slot >= (uint)taken.Length || taken[slot])
            throw reader.Invalid($"slot {slot} out of range or twice");
        taken[slot] = true;
    }
}
