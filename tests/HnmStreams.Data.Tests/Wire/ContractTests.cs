using Google.Protobuf;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.V1;
using ExampleInput = HnmStreams.Data.Examples.ExampleInput;
using Target = HnmStreams.Data.Examples.Target;
using WireFormat = HnmStreams.Data.Records.WireFormat;

namespace HnmStreams.Data.Tests.Wire;

/// <summary>Tests of the contract that producers in other languages rely on.</summary>
public sealed class ContractTests
{
    private static readonly ExampleDecoder Decoder = new(new WireLimits());

    [Fact]
    public void Field_numbers_never_change()
    {
        var fields = Example.Descriptor.Fields.InFieldNumberOrder().Select(static f => $"{f.FieldNumber} {f.Name} {f.FieldType}");
        Assert.Equal(
            ["1 id String", "2 class_index UInt32", "3 label String", "4 identity String", "5 boxes Message", "6 tensor Message",
                "7 image Bytes", "8 text String", "9 features Message", "10 event_time Message", "11 weight Float", "12 other_identities String", "13 labels Message"],
            fields,
            StringComparer.Ordinal);
        Assert.Equal("hnmstreams.v1.Example", Example.Descriptor.FullName);
    }

    [Fact]
    public void Field_15_is_reserved_so_that_no_message_starts_like_JSON()
    {
        Assert.Equal((byte)'{', (byte)((15 << 3) | 3));
        var proto = Example.Descriptor.File.ToProto().MessageType.Single(static m => m.Name == "Example");
        Assert.Contains(proto.ReservedRange, static r => r.Start <= 15 && r.End > 15);
    }

    [Fact]
    public void Unknown_fields_of_every_type_are_skipped()
    {
        using var stream = new MemoryStream();
        using var output = new CodedOutputStream(stream);
        output.WriteRawTag(0x80, 0x7D); // field 2000, varint
        output.WriteUInt64(ulong.MaxValue);
        output.WriteRawTag(0x81, 0x7D); // field 2000, eight bytes
        output.WriteDouble(1);
        output.WriteRawTag(0x82, 0x7D); // field 2000, bytes
        output.WriteBytes(ByteString.CopyFrom(1, 2, 3));
        output.WriteRawTag(0x85, 0x7D); // field 2000, four bytes
        output.WriteFloat(1);
        output.Flush();
        var result = Decoder.Decode(stream.ToArray().Concat(Messages.Image().ToByteArray()).ToArray(), WireFormat.Unknown, default);
        Assert.Equal("a", result.Example?.Id);
    }

    [Fact]
    public void Accepts_unpacked_shapes_and_fields_in_any_order()
    {
        // The tensor has data, the shape as two separate fields, then the type; the message has input, class and id.
        var tensor = Convert.FromHexString("1A0401020304" + "1002" + "1002" + "0801");
        byte[] value = [0x32, (byte)tensor.Length, .. tensor, 0x10, 0x07, 0x0A, 0x01, (byte)'z'];
        var example = Decoder.Decode(value, WireFormat.Unknown, default).Example!;
        var dense = Assert.IsType<ExampleInput.Dense>(example.Input);
        Assert.Equal("z", example.Id);
        Assert.Equal(7, Assert.IsType<Target.ClassIndex>(example.Target).Index);
        Assert.Equal([2, 2], dense.Shape);
        Assert.Equal([1, 2, 3, 4], dense.Data.ToArray());
    }

    [Fact]
    public void The_last_of_several_targets_and_inputs_wins()
    {
        byte[] value = [.. Messages.Image().ToByteArray(), .. new Example { Label = "cat", Text = "hello" }.ToByteArray()];
        var example = Decoder.Decode(value, WireFormat.Protobuf, default).Example!;
        Assert.Equal(new Target.Label("cat"), example.Target);
        Assert.Equal(new ExampleInput.Text("hello"), example.Input);
    }

    [Fact]
    public void Accepts_an_empty_list_of_boxes()
    {
        var example = Decoder.Decode(Messages.Of(static m => m.Boxes = new BoxList()).ToByteArray(), WireFormat.Protobuf, default).Example!;
        Assert.Empty(Assert.IsType<Target.Boxes>(example.Target).Items);
    }
}
