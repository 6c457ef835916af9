using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.V1;
using RejectionReasons = HnmStreams.Data.Examples.RejectionReasons;
using WireFormat = HnmStreams.Data.Records.WireFormat;

namespace HnmStreams.Data.Tests.Wire.Protobuf;

public sealed class ProtobufDecoderTests
{
    private static readonly ExampleDecoder Decoder = new(new WireLimits());

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var (name, (reason, _)) in Broken)
            data.Add(name, reason);
        return data;
    }

    private static readonly Dictionary<string, (string Reason, Example Message)> Broken = new(StringComparer.Ordinal)
    {
        ["no id"] = (RejectionReasons.MissingId, Messages.Of(static m => m.Id = "")),
        ["long id"] = (RejectionReasons.TooLarge, Messages.Of(static m => m.Id = new string('x', 257))),
        ["no target"] = (RejectionReasons.MissingTarget, Messages.Of(static m => m.ClearTarget())),
        ["empty label"] = (RejectionReasons.MissingTarget, Messages.Of(static m => m.Label = "")),
        ["empty identity"] = (RejectionReasons.MissingTarget, Messages.Of(static m => m.Identity = "")),
        ["long label"] = (RejectionReasons.TooLarge, Messages.Of(static m => m.Label = new string('x', 257))),
        ["class above int"] = (RejectionReasons.Malformed, Messages.Of(static m => m.ClassIndex = 0x8000_0000)),
        ["no input"] = (RejectionReasons.MissingInput, Messages.Of(static m => m.ClearInput())),
        ["no shape"] = (RejectionReasons.WrongShape, Messages.WithTensor(ElementType.Uint8, [], [1])),
        ["no type"] = (RejectionReasons.WrongShape, Messages.WithTensor(ElementType.Unspecified, [1], [1])),
        ["undefined type"] = (RejectionReasons.WrongShape, Messages.WithTensor((ElementType)3, [1], [1])),
        ["dimension of 0"] = (RejectionReasons.WrongShape, Messages.WithTensor(ElementType.Uint8, [2, 0], [])),
        ["too little data"] = (RejectionReasons.WrongShape, Messages.WithTensor(ElementType.Uint8, [2, 2], [1, 2, 3])),
        ["too much data"] = (RejectionReasons.WrongShape, Messages.WithTensor(ElementType.Float32, [1], [1, 2, 3, 4, 5])),
        ["too many dimensions"] = (RejectionReasons.TooLarge, Messages.WithTensor(ElementType.Uint8, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1])),
        ["product above the limit"] = (RejectionReasons.TooLarge, Messages.WithTensor(ElementType.Uint8, [4097, 1024], [1])),
        ["product that overflows"] = (RejectionReasons.TooLarge, Messages.WithTensor(ElementType.Uint8, [0x10000, 0x10000, 0x10000, 0x10000], [])),
        ["NaN in a tensor"] = (RejectionReasons.NotFinite, Messages.WithTensor(ElementType.Float32, [2], [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(float.NaN)])),
        ["no image"] = (RejectionReasons.MissingInput, Messages.Of(static m => m.Image = ByteString.Empty)),
        ["GIF"] = (RejectionReasons.Malformed, Messages.Of(static m => m.Image = ByteString.CopyFromUtf8("GIF89a"))),
        ["long text"] = (RejectionReasons.TooLarge, Messages.Of(static m => m.Text = new string('x', (256 << 10) + 1))),
        ["weight NaN"] = (RejectionReasons.NotFinite, Messages.Of(static m => m.Weight = float.NaN)),
        ["weight infinite"] = (RejectionReasons.NotFinite, Messages.Of(static m => m.Weight = float.PositiveInfinity)),
        ["weight 0"] = (RejectionReasons.Malformed, Messages.Of(static m => m.Weight = 0)),
        ["weight below 0"] = (RejectionReasons.Malformed, Messages.Of(static m => m.Weight = -1)),
        ["time after 9999"] = (RejectionReasons.Malformed, Messages.Of(static m => m.EventTime = new Timestamp { Seconds = 253_402_300_800 })),
        ["nanoseconds of 10^9"] = (RejectionReasons.Malformed, Messages.Of(static m => m.EventTime = new Timestamp { Nanos = 1_000_000_000 })),
        ["box NaN"] = (RejectionReasons.NotFinite, Messages.WithBox(0, 0, float.NaN, 1)),
        ["inverted box"] = (RejectionReasons.Malformed, Messages.WithBox(2, 0, 1, 1)),
        ["box without label"] = (RejectionReasons.Malformed, Messages.WithBox(0, 0, 1, 1, "")),
        ["no features"] = (RejectionReasons.MissingInput, Messages.WithFeatures()),
        ["feature without name"] = (RejectionReasons.Malformed, Messages.WithFeatures(new Feature { Number = 1 })),
        ["feature without value"] = (RejectionReasons.Malformed, Messages.WithFeatures(new Feature { Name = "a" })),
        ["feature infinite"] = (RejectionReasons.NotFinite, Messages.WithFeatures(new Feature { Name = "a", Number = double.NegativeInfinity })),
        ["feature twice"] = (RejectionReasons.Malformed, Messages.WithFeatures(new Feature { Name = "a", Number = 1 }, new Feature { Name = "a", Number = 1 })),
        ["category too long"] = (RejectionReasons.TooLarge, Messages.WithFeatures(new Feature { Name = "a", Category = new string('x', 257) })),
        ["too many features"] = (RejectionReasons.TooLarge, Messages.WithFeatures([.. Enumerable.Range(0, 4097).Select(static i => new Feature { Name = $"{i}", Number = i })])),
        ["too many boxes"] = (RejectionReasons.TooLarge, Messages.Of(static m =>
            m.Boxes = new BoxList { Items = { Enumerable.Range(0, 1025).Select(static _ => new Box { Label = "a" }) } })),
    };

    [Theory]
    [InlineData("0A01DB" + "0A0161" + "1002" + "420178")] // id
    [InlineData("0A0161" + "2A0D" + "0A0B" + "2A01DB" + "2A0178" + "1D00000000" + "420178")] // label of a box
    [InlineData("0A0161" + "1002" + "4A11" + "0A0F" + "0A01DB" + "0A0178" + "110000000000000000")] // name of a feature
    [InlineData("0A0161" + "1002" + "4A11" + "0A0F" + "0A0178" + "1A01DB" + "110000000000000000")] // category of a feature
    public void A_text_that_a_later_value_replaces_must_be_valid_UTF8_as_in_the_official_parser(string hex)
    {
        var message = Convert.FromHexString(hex);
        Assert.Throws<InvalidProtocolBufferException>(() => Example.Parser.ParseFrom(message));
        Assert.Equal(RejectionReasons.Malformed, Decoder.Decode(message, WireFormat.Protobuf, default).Reason);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rejects_violations_with_their_reason(string name, string reason)
    {
        var result = Decoder.Decode(Broken[name].Message.ToByteArray(), WireFormat.Protobuf, default);
        Assert.Null(result.Example);
        Assert.Equal(reason, result.Reason);
        Assert.False(string.IsNullOrWhiteSpace(result.Detail));
    }

    [Theory]
    [InlineData("0A01FF", "id")]
    [InlineData("0A0161" + "1A01FF", "label")]
    [InlineData("0A0161" + "1001" + "4201FF", "text")]
    public void Rejects_invalid_UTF8(string hex, string field)
    {
        var result = Decoder.Decode(Convert.FromHexString(hex), WireFormat.Protobuf, default);
        Assert.Equal(RejectionReasons.Malformed, result.Reason);
        Assert.Contains(field, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_a_message_truncated_anywhere()
    {
        var message = Messages.WithFeatures(new Feature { Name = "a", Number = 1 }, new Feature { Name = "b", Category = "c" }).ToByteArray();
        for (var length = 0; length < message.Length; length++)
            Assert.Null(Decoder.Decode(message.AsMemory(0, length), WireFormat.Protobuf, default).Example);
        Assert.NotNull(Decoder.Decode(message, WireFormat.Protobuf, default).Example);
    }
}
