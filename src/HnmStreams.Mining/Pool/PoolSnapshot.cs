using System.Runtime.CompilerServices;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.Pool;

/// <summary>The state of a pool beside its entries.</summary>
internal readonly record struct PoolMarks(long ScaleBase, long NewestVersion, long ExpiredUpTo, long Bytes);

/// <summary>The arrays that hold a copy of a pool's index.</summary>
internal sealed record PoolIndex<TId, TPayload>(PoolEntry<TId>[] Entries, TPayload[] Payloads, int[] Places)
    where TId : struct, IEquatable<TId>;

/// <summary>A cache of the memory of the last snapshot for the next one.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SnapshotBuffers<TId, TPayload>
    where TId : struct, IEquatable<TId>
{
    private PoolIndex<TId, TPayload>? _spare;

    public PoolIndex<TId, TPayload> Rent(int slots) =>
        Interlocked.Exchange(ref _spare, null) is { } spare && spare.Places.Length >= slots
            ? spare
            : new(GC.AllocateUninitializedArray<PoolEntry<TId>>(slots), new TPayload[slots], GC.AllocateUninitializedArray<int>(slots));

    public void Return(PoolIndex<TId, TPayload> index)
    {
        // Only payloads can hold references.
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TPayload>())
            Array.Clear(index.Payloads);
        Volatile.Write(ref _spare, index);
    }
}

/// <summary>A copy of a pool's index at one moment. The pool continues to change meanwhile.</summary>
/// <remarks>
/// One reader at a time, on any thread. Takes 12 bytes, one pool entry (64 bytes if ids are 64-bit numbers) and one payload handle per
/// candidate.
/// </remarks>
public sealed class PoolSnapshot<TId, TPayload> : IDisposable
    where TId : struct, IEquatable<TId>
{
    private const string Structure = "pool";
    private const int Version = 1;

    // The minimum size of a saved candidate, whatever its id and payload: region, hardness, version, next step, uses, bytes, group and
    // slot.
    private const int MinEntryBytes = (sizeof(int) * 5) + sizeof(float) + (sizeof(long) * 2);

    private readonly SnapshotBuffers<TId, TPayload> _owner;
    private readonly PoolIndex<TId, TPayload> _copy;
    private readonly int[] _free;
    private readonly PoolMarks _marks;
    private readonly ReadOnlyMemory<byte> _sampler;
    private bool _disposed;

    internal PoolSnapshot(SnapshotBuffers<TId, TPayload> buffers, EntryStore<TId, TPayload> store, PoolMarks marks, ReadOnlyMemory<byte> sampler)
    {
        (_owner, _marks, _sampler, Count) = (buffers, marks, sampler, store.Count);
        _copy = buffers.Rent(store.SlotBound);
        store.Entries.AsSpan(0, store.SlotBound).CopyTo(_copy.Entries);
        store.Payloads[..store.SlotBound].CopyTo(_copy.Payloads);
        store.Places.CopyTo(_copy.Places);
        _free = store.CopyFree();
    }

    /// <summary>The number of candidates.</summary>
    public int Count { get; }

    /// <summary>The candidate at a place, 0 to <see cref="Count"/> - 1, in no particular order. O(1).</summary>
    public PoolItem<TId, TPayload> this[int place]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, (uint)Count, nameof(place));
            var slot = _copy.Places[place];
            ref var entry = ref _copy.Entries[slot];
            return new(new(entry.Id, entry.Region), _copy.Payloads[slot], entry.Hardness, entry.Version, entry.Uses, entry.Bytes);
        }
    }

    /// <summary>Writes the complete state. <see cref="PoolPersistence.Restore"/> reads it. O(n).</summary>
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
            ref var entry = ref _copy.Entries[slot];
            writer.WriteInt32(slot);
            ids.Write(writer, entry.Id);
            writer.WriteInt32(entry.Region);
            writer.WriteSingle(entry.Hardness);
            writer.WriteInt64(entry.Version);
            writer.WriteInt64(entry.NextStep);
            writer.WriteInt32(entry.Uses);
            writer.WriteInt32(entry.Bytes);
            writer.WriteInt32(entry.Group);
            payloads.Write(writer, _copy.Payloads[slot]);
        }

        writer.WriteBytes(_sampler.Span);
    }

    /// <summary>Returns the memory for the next snapshot.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _owner.Return(_copy);
    }

    internal static PoolMarks ReadInto(EntryStore<TId, TPayload> store, StateReader reader, IStateCodec<TId> ids, IStateCodec<TPayload> payloads)
    {
        reader.Expect(Structure, Version);
        var marks = new PoolMarks(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), 0);
        var free = reader.ReadArray<int>();
        var count = reader.ReadCount(MinEntryBytes);
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
                throw reader.Invalid($"{key} occurs twice");
            var read = new PoolEntry<TId>
            {
                Hardness = reader.ReadSingle(),
                Version = reader.ReadInt64(),
                NextStep = reader.ReadInt64(),
                Uses = reader.ReadInt32(),
                Bytes = reader.ReadInt32(),
                Group = reader.ReadInt32(),
            };
            if (!float.IsFinite(read.Hardness) || read.Uses < 0 || read.Bytes < 0)
                throw reader.Invalid($"{key} has hardness {read.Hardness}, {read.Uses} uses and {read.Bytes} bytes");
            store.Fill(slot, key, payloads.Read(reader));
            ref var entry = ref store[slot];
            (entry.Hardness, entry.Version, entry.NextStep) = (read.Hardness, read.Version, read.NextStep);
            (entry.Uses, entry.Bytes, entry.Group) = (read.Uses, read.Bytes, read.Group);
            bytes += read.Bytes;
        }

        store.RestoreFree(free);
        return marks with { Bytes = bytes };
    }

    // Slots are 0 to the number of used and free slots, each exactly once.
    private static void Take(bool[] taken, int slot, StateReader reader)
    {
        if ((uint)slot >= (uint)taken.Length || taken[slot])
            throw reader.Invalid($"slot {slot} is out of range or occurs twice");
        taken[slot] = true;
    }
}
