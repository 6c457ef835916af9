using System.Text;
using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Tests.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Wire;

public sealed class RoundTripTests
{
    private readonly ExampleDecoder _decoder = new(new WireLimits { MaxWeight = float.MaxValue });

    [Theory]
    [InlineData(WireFormat.Protobuf, true)]
    [InlineData(WireFormat.Protobuf, false)]
    [InlineData(WireFormat.Json, true)]
    [InlineData(WireFormat.Json, false)]
    public void Decoding_restores_the_encoded_example(WireFormat format, bool named) =>
        ExampleGen.Valid.Sample(e =>
        {
            var value = format == WireFormat.Json ? ExampleEncoder.ToJson(e) : ExampleEncoder.ToProtobuf(e);
            var result = _decoder.Decode(value, named ? format : WireFormat.Unknown, Encoding.UTF8.GetBytes(e.Id));
            Assert.Null(result.Reason);
            Assert.Null(result.Detail);
            Assert.Equal(ExampleText.Of(e), ExampleText.Of(result.Example!));
        });

    [Fact]
    public void The_official_parser_reads_encoded_examples() =>
        ExampleGen.Valid.Sample(e =>
        {
            var message = Data.Wire.V1.Example.Parser.ParseFrom(ExampleEncoder.ToProtobuf(e));
            Assert.Equal(e.Id, message.Id);
            Assert.Equal(e.Weight, message.HasWeight ? message.Weight : 1f);
            Assert.Equal(e.EventTime, message.EventTime?.ToDateTimeOffset());
            if (e.Input is ExampleInput.Dense dense)
                Assert.Equal(dense.Data.ToArray(), message.Tensor.Data.ToByteArray());
            if (e.Target is Target.ClassIndex target)
                Assert.Equal((uint)target.Index, message.ClassIndex);
            if (e.Target is Target.LabelSet labels)
                Assert.Equal(labels.Names, message.Labels.Items);
        });

    [Fact]
    public void Decoding_an_image_does_not_copy_and_interns_recurring_values()
    {
        var value = ExampleEncoder.ToProtobuf(new Example("a", new Target.Label("cat"), new ExampleInput.Dense(ElementType.UInt8, [2, 2], new byte[] { 1, 2, 3, 4 })));
        var one = _decoder.Decode(value, WireFormat.Protobuf, default).Example!;
        var other = _decoder.Decode(value, WireFormat.Protobuf, default).Example!;
        var dense = Assert.IsType<ExampleInput.Dense>(one.Input);
        Assert.True(value.AsSpan().Overlaps(dense.Data.Span));
        Assert.Same(one.Target, other.Target);
        Assert.Same(dense.Shape, ((ExampleInput.Dense)other.Input).Shape);
    }

    [Fact]
    public void Decoding_an_image_allocates_only_example_input_and_id()
    {
        var value = ExampleEncoder.ToProtobuf(new Example("syn-1234567", new Target.ClassIndex(1), new ExampleInput.Dense(ElementType.UInt8, [28, 28], new byte[784])));
        var key = "syn-1234567"u8.ToArray();
        for (var i = 0; i < 10; i++)
            _decoder.Decode(value, WireFormat.Unknown, key);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _decoder.Decode(value, WireFormat.Unknown, key);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 1, 200);
    }
}
