using System.Buffers.Binary;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire.Arrow;

/// <summary>Schemas that no writer writes.</summary>
public sealed class ArrowSchemaTests
{
    private const byte ListType = 12;

    // Each level names the next one twice. Followed without a bound, 60 levels have 2^60 columns.
    [Theory(Timeout = 60_000)]
    [InlineData(2, 60)]
    [InlineData(1, 50_000)]
    public Task Children_that_are_shared_or_very_deep_are_rejected_at_once(int references, int levels)
    {
        var record = Schema(references, levels);
        using var rows = new ExampleDecoder(new WireLimits { MaxRecordBytes = 16 << 20 }).CreateRows();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(RejectionReasons.TooLarge, rows.Open(record)?.Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
        return Task.CompletedTask;
    }

    /// <summary>Returns a stream with a schema of one column, whose levels refer to the next one.</summary>
    private static byte[] Schema(int references, int levels)
    {
        var bytes = new List<byte>();
        Int32(0);
        // Message: version, type of the header, header.
        var message = Table([(0, 2), (1, 1), (2, 4)]);
        Patch(0, message);
        bytes[message + 4] = 4;
        bytes[message + 6] = 1;
        // Schema: fields.
        var schema = Table([(1, 4)]);
        Patch(message + 8, schema);
        var fields = bytes.Count;
        Patch(schema + 4, fields);
        Int32(1);
        Int32(0);
        var waiting = new List<int> { fields + 4 };
        for (var level = 0; level < levels; level++)
        {
            // Field: kind of the type, type, children.
            var field = Table([(2, 1), (3, 4), (5, 4)]);
            waiting.ForEach(reference => Patch(reference, field));
            bytes[field + 4] = ListType;
            var type = Table([]);
            Patch(field + 8, type);
            Patch(field + 12, bytes.Count);
            Int32(references);
            waiting = [];
            for (var i = 0; i < references; i++)
            {
                waiting.Add(bytes.Count);
                Int32(0);
            }
        }

        var last = Table([]);
        waiting.ForEach(reference => Patch(reference, last));
        var record = new byte[8 + bytes.Count];
        BinaryPrimitives.WriteUInt32LittleEndian(record, 0xFFFF_FFFF);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), bytes.Count);
        bytes.CopyTo(record, 8);
        return record;

        void Int32(int value) => bytes.AddRange(BitConverter.GetBytes(value));

        // Offsets are relative to where they stand, and point forward.
        void Patch(int at, int target)
        {
            var offset = BitConverter.GetBytes(target - at);
            for (var i = 0; i < offset.Length; i++)
                bytes[at + i] = offset[i];
        }

        // A vtable and its table, whose fields follow the offset to the vtable at multiples of their sizes.
        int Table((int Field, int Size)[] present)
        {
            var offsets = new ushort[present.Length == 0 ? 0 : present.Max(static p => p.Field) + 1];
            var at = 4;
            foreach (var (field, size) in present)
            {
                at = (at + size - 1) / size * size;
                offsets[field] = (ushort)at;
                at += size;
            }

            var vtable = bytes.Count;
            bytes.AddRange(BitConverter.GetBytes((ushort)(4 + (2 * offsets.Length))));
            bytes.AddRange(BitConverter.GetBytes((ushort)at));
            foreach (var offset in offsets)
                bytes.AddRange(BitConverter.GetBytes(offset));
            while (bytes.Count % 4 != 0)
                bytes.Add(0);
            var table = bytes.Count;
            Int32(table - vtable);
            bytes.AddRange(new byte[at - 4]);
            while (bytes.Count % 4 != 0)
                bytes.Add(0);
            return table;
        }
    }
}
