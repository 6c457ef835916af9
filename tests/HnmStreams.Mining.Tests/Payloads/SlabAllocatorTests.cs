using HnmStreams.Mining.Payloads;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Payloads;

public sealed class SlabAllocatorTests
{
    [Theory]
    [InlineData(0, 64)]
    [InlineData(64, 64)]
    [InlineData(65, 72)]
    [InlineData(784, 832)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData((1 << 20) + 1, (1 << 20) + (1 << 17))]
    public void A_block_wastes_at_most_an_eighth(int length, int block) => Assert.Equal(block, SlabAllocator.BlockBytes(length));

    /// <summary>Stores, frees and pins at random. Every payload that is held or pinned must keep its content.</summary>
    [Fact]
    public void Held_and_pinned_payloads_keep_their_content()
    {
        var generator = new Xoshiro256StarStar(20_260_504);
        using var allocator = new SlabAllocator(long.MaxValue);
        var held = new List<(SlabHandle Handle, byte[] Bytes)>();
        var pins = new List<(long Pin, List<(SlabHandle Handle, byte[] Bytes)> Seen)>();
        for (var step = 0; step < 60_000; step++)
        {
            switch (generator.NextInt32(20))
            {
                case < 10:
                    var bytes = new byte[generator.NextInt32(generator.NextInt32(40) == 0 ? 3_000 : 300)];
                    bytes.AsSpan().Fill((byte)step);
                    Assert.True(allocator.TryStore(bytes, out var handle));
                    held.Add((handle, bytes));
                    break;
                case < 18 when held.Count > 50:
                    var index = generator.NextInt32(held.Count);
                    allocator.Free(held[index].Handle);
                    held[index] = held[^1];
                    held.RemoveAt(held.Count - 1);
                    break;
                case 18 when pins.Count < 4:
                    pins.Add((allocator.Pin(), [.. held]));
                    break;
                case 19 when pins.Count > 0 && generator.NextInt32(10) == 0:
                    var pinned = pins[generator.NextInt32(pins.Count)];
                    AssertBytes(allocator, pinned.Seen);
                    allocator.Unpin(pinned.Pin);
                    pins.Remove(pinned);
                    break;
            }

            if (step % 500 == 0)
                AssertBytes(allocator, held);
            Assert.Equal(held.Sum(h => (long)SlabAllocator.BlockBytes(h.Bytes.Length)), allocator.UsedBytes);
        }

        foreach (var (pin, seen) in pins)
        {
            AssertBytes(allocator, seen);
            allocator.Unpin(pin);
        }

        Assert.Equal(0, allocator.PinnedBytes);
        Assert.InRange(allocator.UsedBytes, 1, allocator.ReservedBytes);
    }

    [Fact]
    public void Memory_does_not_grow_while_a_full_pool_is_replaced()
    {
        using var allocator = new SlabAllocator(long.MaxValue);
        var payload = new byte[784];
        var handles = new Queue<SlabHandle>();
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(allocator.TryStore(payload, out var handle));
            handles.Enqueue(handle);
        }

        var reserved = allocator.ReservedBytes;
        for (var i = 0; i < 50_000; i++)
        {
            allocator.Free(handles.Dequeue());
            Assert.True(allocator.TryStore(payload, out var handle));
            handles.Enqueue(handle);
        }

        Assert.Equal(reserved, allocator.ReservedBytes);
    }

    [Fact]
    public void Refuses_to_grow_beyond_its_maximum()
    {
        using var allocator = new SlabAllocator(2_000);
        var payload = new byte[900];
        Assert.True(allocator.TryStore(payload, out var first));
        Assert.True(allocator.TryStore(payload, out _));
        Assert.False(allocator.TryStore(payload, out _));
        allocator.Free(first);
        Assert.True(allocator.TryStore(payload, out _));
    }

    [Fact]
    public void A_pin_can_be_released_only_once()
    {
        using var allocator = new SlabAllocator(long.MaxValue);
        var pin = allocator.Pin();
        allocator.Unpin(pin);
        Assert.Throws<ArgumentException>(() => allocator.Unpin(pin));
    }

    private static void AssertBytes(SlabAllocator allocator, List<(SlabHandle Handle, byte[] Bytes)> expected) =>
        Assert.All(expected, e => Assert.True(allocator.Read(e.Handle).SequenceEqual(e.Bytes)));
}
