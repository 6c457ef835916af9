using CsCheck;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Tests.Persistence;

public sealed class StateFrameTests
{
    [Fact]
    public void Reads_the_written_values()
    {
        var generator = new Xoshiro256StarStar(7);
        generator.NextUInt64();
        var writer = new StateWriter();
        writer.Begin("structure", 3);
        writer.WriteBoolean(true);
        writer.WriteInt32(int.MinValue);
        writer.WriteInt64(long.MaxValue);
        writer.WriteUInt64(ulong.MaxValue);
        writer.WriteSingle(-0f);
        writer.WriteDouble(double.NaN);
        writer.WriteString("hard — negative");
        writer.WriteArray<int>([1, -2, 3]);
        writer.WriteArray<byte>([4, 5]);
        generator.Save(writer);

        var reader = StateFrame.Open(StateFrame.Close(writer));
        reader.Expect("structure", 3);
        Assert.True(reader.ReadBoolean());
        Assert.Equal(int.MinValue, reader.ReadInt32());
        Assert.Equal(long.MaxValue, reader.ReadInt64());
        Assert.Equal(ulong.MaxValue, reader.ReadUInt64());
        Assert.Equal(BitConverter.SingleToUInt32Bits(-0f), BitConverter.SingleToUInt32Bits(reader.ReadSingle()));
        Assert.Equal(BitConverter.DoubleToUInt64Bits(double.NaN), BitConverter.DoubleToUInt64Bits(reader.ReadDouble()));
        Assert.Equal("hard — negative", reader.ReadString());
        Assert.Equal([1, -2, 3], reader.ReadArray<int>());
        Assert.Equal([4, 5], reader.ReadSpan().ToArray());
        Assert.Equal(generator.Save(), reader.ReadGenerator().Save());
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Errors_name_the_unexpected_structure_and_version()
    {
        var writer = new StateWriter();
        writer.Begin("reservoir", 2);
        Assert.Contains("found 'reservoir'", Assert.Throws<InvalidDataException>(() => new StateReader(writer.Written).Expect("pool", 1)).Message, StringComparison.Ordinal);
        Assert.Contains("version 2", Assert.Throws<InvalidDataException>(() => new StateReader(writer.Written).Expect("reservoir", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_count_beyond_the_remaining_bytes_allocates_nothing()
    {
        var writer = new StateWriter();
        writer.WriteInt32(int.MaxValue);
        Assert.Throws<InvalidDataException>(() => new StateReader(writer.Written).ReadArray<long>());
        Assert.Throws<InvalidDataException>(() => new StateReader(writer.Written).ReadString());
        Assert.Throws<InvalidDataException>(() => _ = new StateReader(writer.Written).ReadSpan().Length);
    }

    [Fact]
    public void Rejects_a_generator_state_of_zeros()
    {
        var writer = new StateWriter();
        writer.Begin("xoshiro256**", 1);
        for (var i = 0; i < 4; i++)
            writer.WriteUInt64(0);
        Assert.Throws<InvalidDataException>(() => new StateReader(writer.Written).ReadGenerator());
    }

    [Fact]
    public void Detects_every_changed_byte_and_every_truncation()
    {
        var writer = new StateWriter();
        writer.WriteArray<long>([1, 2, 3, 4]);
        var frame = StateFrame.Close(writer);
        Gen.Select(Gen.Int[0, frame.Length - 1], Gen.Int[1, 255]).Sample(
            (position, change) =>
            {
                var damaged = (byte[])frame.Clone();
                damaged[position] ^= (byte)change;
                Assert.Throws<InvalidDataException>(() => StateFrame.Open(damaged));
                Assert.Throws<InvalidDataException>(() => StateFrame.Open(frame.AsMemory(0, position)));
            },
            seed: "0000KOIPe036", iter: 2_000, threads: 1);
    }

    /// <summary>Compares with the published check value of CRC-32C: that of "123456789" is E3069283.</summary>
    [Fact]
    public void The_checksum_equals_the_published_check_value()
    {
        var writer = new StateWriter();
        foreach (var value in "123456789"u8)
            writer.WriteBoolean(value == 0);
        var frame = StateFrame.Close(writer);
        var expected = Naive(frame.AsSpan(..^4));
        Assert.Equal(0xE3069283u, Naive("123456789"u8));
        Assert.Equal(expected, BitConverter.ToUInt32(frame.AsSpan(^4..)));
    }

    private static uint Naive(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78u);
        }

        return ~crc;
    }
}
