using System.Text;
using Google.Protobuf;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using WireFormat = HnmStreams.Data.Records.WireFormat;

namespace HnmStreams.Data.Tests.Wire;

public sealed class KeyAndFormatTests
{
    private static readonly ExampleDecoder Decoder = new(new WireLimits());
    private static readonly byte[] WithoutId = Messages.Of(static m => m.Id = "").ToByteArray();
    private static readonly byte[] WithoutIdJson = """{"target":{"class":1},"input":{"text":"t"}}"""u8.ToArray();

    [Fact]
    public void The_key_replaces_a_missing_id()
    {
        Assert.Equal("k", Decoder.Decode(WithoutId, WireFormat.Unknown, "k"u8.ToArray()).Example?.Id);
        Assert.Equal("k", Decoder.Decode(WithoutIdJson, WireFormat.Unknown, "k"u8.ToArray()).Example?.Id);
    }

    [Fact]
    public void Rejects_a_record_without_key_and_id()
    {
        Assert.Equal(RejectionReasons.MissingId, Decoder.Decode(WithoutId, WireFormat.Unknown, default).Reason);
        Assert.Equal(RejectionReasons.MissingId, Decoder.Decode(WithoutIdJson, WireFormat.Unknown, default).Reason);
    }

    [Theory]
    [InlineData("b", RejectionReasons.KeyMismatch)]
    [InlineData("A", RejectionReasons.KeyMismatch)]
    [InlineData("aa", RejectionReasons.KeyMismatch)]
    [InlineData("a", null)]
    public void Rejects_an_id_that_differs_from_the_key(string key, string? reason)
    {
        var utf8 = Encoding.UTF8.GetBytes(key);
        Assert.Equal(reason, Decoder.Decode(Messages.Image().ToByteArray(), WireFormat.Unknown, utf8).Reason);
        Assert.Equal(reason, Decoder.Decode("""{"id":"a","target":{"class":1},"input":{"text":"t"}}"""u8.ToArray(), WireFormat.Unknown, utf8).Reason);
    }

    [Fact]
    public void Rejects_a_key_that_is_not_a_valid_id()
    {
        Assert.Equal(RejectionReasons.TooLarge, Decoder.Decode(WithoutId, WireFormat.Unknown, new byte[257]).Reason);
        Assert.Equal(RejectionReasons.Malformed, Decoder.Decode(WithoutId, WireFormat.Unknown, new byte[] { 0xFF }).Reason);
    }

    [Theory]
    [InlineData("00000000010A0161")] // a schema registry's frame
    [InlineData("5B5D")] // []
    [InlineData("3C3F")] // <?
    public void Any_other_first_byte_is_an_unknown_format(string hex) =>
        Assert.Equal(RejectionReasons.UnknownFormat, Decoder.Decode(Convert.FromHexString(hex), WireFormat.Unknown, default).Reason);

    [Fact]
    public void Rejects_an_unsupported_format_header()
    {
        Assert.Equal(RejectionReasons.UnknownFormat, Decoder.Decode(Messages.Image().ToByteArray(), WireFormat.Unsupported, default).Reason);
        Assert.Equal(RejectionReasons.UnknownFormat, Decoder.Decode(default, WireFormat.Unsupported, default).Reason);
    }

    [Fact]
    public void The_header_takes_precedence_over_the_first_byte()
    {
        Assert.Equal(RejectionReasons.Malformed, Decoder.Decode(WithoutIdJson, WireFormat.Protobuf, "k"u8.ToArray()).Reason);
        Assert.Equal(RejectionReasons.Malformed, Decoder.Decode(Messages.Image().ToByteArray(), WireFormat.Json, default).Reason);
        // White space before the brace is allowed if the header names JSON.
        Assert.Equal("k", Decoder.Decode(" {\"target\":{\"class\":1},\"input\":{\"text\":\"t\"}}"u8.ToArray(), WireFormat.Json, "k"u8.ToArray()).Example?.Id);
    }

    [Theory]
    [InlineData("\uFEFF")]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData("\n  ")]
    [InlineData("\r\n")]
    public void A_byte_order_mark_or_white_space_before_the_brace_is_JSON(string prefix)
    {
        var json = Encoding.UTF8.GetBytes(prefix + """{ "target": {"class":1},"input":{"text":"t"}}""" + "\n");
        Assert.Equal("k", Decoder.Decode(json, WireFormat.Unknown, "k"u8.ToArray()).Example?.Id);
        Assert.Equal("k", Decoder.Decode(json, WireFormat.Json, "k"u8.ToArray()).Example?.Id);
    }

    [Fact]
    public void A_protobuf_id_of_123_bytes_is_not_detected_as_JSON()
    {
        // Its message starts with a line feed and a brace.
        var value = Messages.Of(static m => m.Id = new string('a', 123)).ToByteArray();
        Assert.Equal("\n{"u8.ToArray(), value[..2]);
        Assert.Equal(123, Decoder.Decode(value, WireFormat.Unknown, default).Example?.Id.Length);
    }

    [Fact]
    public void An_empty_value_is_a_message_without_fields() =>
        Assert.Equal(RejectionReasons.MissingTarget, Decoder.Decode(default, WireFormat.Unknown, "k"u8.ToArray()).Reason);
}
