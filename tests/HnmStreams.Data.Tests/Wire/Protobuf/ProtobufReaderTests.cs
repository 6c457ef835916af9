using CsCheck;
using Google.Protobuf;
using HnmStreams.Data.Wire.Protobuf;

namespace HnmStreams.Data.Tests.Wire.Protobuf;

public sealed class ProtobufReaderTests
{
    [Fact]
    public void Reads_fields_written_by_the_official_library() =>
        Gen.Select(Gen.ULong, Gen.UInt, Gen.Double, Gen.Byte.Array[0, 300], Gen.Int[1, (1 << 29) - 1]).Sample(static (varint, fixed32, fixed64, bytes, field) =>
        {
            var reader = new ProtobufReader(Write(varint, fixed32, fixed64, bytes, field));
            Assert.True(reader.TryTag(out var number, out var type));
            Assert.Equal((field, ProtobufType.Varint), (number, type));
            Assert.True(reader.TryVarint(out var v));
            Assert.Equal(varint, v);
            Assert.True(reader.TryTag(out _, out type) && type == ProtobufType.Fixed32);
            Assert.True(reader.TryFixed32(out var f32));
            Assert.Equal(fixed32, f32);
            Assert.True(reader.TryTag(out _, out type) && type == ProtobufType.Fixed64);
            Assert.True(reader.TryFixed64(out var f64));
            Assert.Equal(BitConverter.DoubleToUInt64Bits(fixed64), f64);
            Assert.True(reader.TryTag(out _, out type) && type == ProtobufType.Bytes);
            Assert.True(reader.TryBytes(out var b));
            Assert.Equal(bytes, b.ToArray());
            Assert.True(reader.AtEnd);
        });

    [Fact]
    public void Skipping_a_field_advances_to_the_next_field() =>
        Gen.Select(Gen.ULong, Gen.UInt, Gen.Double, Gen.Byte.Array[0, 300], Gen.Int[1, 100]).Sample(static (varint, fixed32, fixed64, bytes, field) =>
        {
            var reader = new ProtobufReader(Write(varint, fixed32, fixed64, bytes, field));
            var fields = 0;
            for (; !reader.AtEnd; fields++)
                Assert.True(reader.TryTag(out _, out var type) && reader.TrySkip(type));
            Assert.Equal(4, fields);
        });

    [Theory]
    [InlineData("00", "field number 0")]
    [InlineData("0B", "a group")]
    [InlineData("0C", "the end of a group")]
    [InlineData("0E", "wire type 6")]
    [InlineData("80", "a truncated tag")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF7F", "a tag of more than 32 bits")]
    public void Rejects_an_invalid_tag(string hex, string reason) =>
        Assert.False(new ProtobufReader(Convert.FromHexString(hex)).TryTag(out _, out _), reason);

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFF01")]
    [InlineData("05010203")]
    [InlineData("FFFFFFFF0F")]
    public void Rejects_a_length_beyond_the_end(string hex) =>
        Assert.False(new ProtobufReader(Convert.FromHexString(hex)).TryBytes(out _));

    private static byte[] Write(ulong varint, uint fixed32, double fixed64, byte[] bytes, int field)
    {
        using var stream = new MemoryStream();
        using var output = new CodedOutputStream(stream);
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteUInt64(varint);
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFixed32(fixed32);
        output.WriteTag(field, WireFormat.WireType.Fixed64);
        output.WriteDouble(fixed64);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
        output.Flush();
        return stream.ToArray();
    }
}
