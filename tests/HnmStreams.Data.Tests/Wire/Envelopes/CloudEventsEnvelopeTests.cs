using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Tests.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;

namespace HnmStreams.Data.Tests.Wire.Envelopes;

public sealed class CloudEventsEnvelopeTests
{
    private const string Attributes = """ "specversion":"1.0","id":"e-1","source":"/shop","type":"order","subject":"o-7","time":"2026-11-23T10:00:00Z" """;

    private static readonly (string, string)[] Binary =
        [("ce_specversion", "1.0"), ("ce_id", "e-1"), ("ce_source", "/shop"), ("ce_type", "order"), ("ce_subject", "o-7"), ("ce_time", "2026-11-23T10:00:00Z"), ("content-type", "application/json; charset=utf-8")];

    private static readonly EnvelopeDecoder Decoder = MappedRecords.Decoder(
        static f => (f.Id, f.Label, f.Features) = ("$.subject", "$.data.label", ["$.data.values"]), EnvelopeKind.CloudEvents);

    [Fact]
    public void Both_modes_give_the_same_example()
    {
        const string Data = """{"label":"late","values":{"days":3}}""";
        var structured = Decoder.Decode($$"""{ {{Attributes}},"data":{{Data}} }""").Example!;
        var named = Decoder.Decode($$"""{ {{Attributes}},"data":{{Data}} }""", null, ("content-type", "application/cloudevents+json; charset=UTF-8")).Example!;
        var base64 = Decoder.Decode($$"""{ {{Attributes}},"datacontenttype":"application/json","data_base64":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(Data))}}" }""").Example!;
        var binary = Decoder.Decode(Data, "partition key", Binary).Example!;
        foreach (var e in new[] { structured, named, base64, binary })
        {
            Assert.Equal(("o-7", new Target.Label("late"), DateTimeOffset.Parse("2026-11-23T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture)), (e.Id, e.Target, e.EventTime));
            Assert.Equal([new Feature("days", 3, null)], ((ExampleInput.Features)e.Input).Items);
        }
    }

    [Fact]
    public void Data_of_other_types_are_bytes_or_text()
    {
        var images = MappedRecords.Decoder(static f => (f.Id, f.Label, f.Image) = ("$.subject", "$.type", "$.data"), EnvelopeKind.CloudEvents);
        var binary = images.Decode(ExampleGen.Png, null, [.. Binary[..^1], ("content-type", "image/png")]).Example!;
        Assert.Equal(ExampleGen.Png, ((ExampleInput.EncodedImage)binary.Input).Data.ToArray());
        var structured = images.Decode($$"""{ {{Attributes}},"data_base64":"{{Convert.ToBase64String(ExampleGen.Png)}}" }""").Example!;
        Assert.Equal(ExampleGen.Png, ((ExampleInput.EncodedImage)structured.Input).Data.ToArray());
        var texts = MappedRecords.Decoder(static f => (f.Id, f.Label, f.Text) = ("$.subject", "$.type", "$.data"), EnvelopeKind.CloudEvents);
        Assert.Equal(new ExampleInput.Text("hello"), texts.Decode("hello", null, [.. Binary[..^1], ("content-type", "text/plain")]).Example?.Input);
        Assert.Equal(new ExampleInput.Text("hello"), texts.Decode($$"""{ {{Attributes}},"datacontenttype":"text/plain","data":"hello" }""").Example?.Input);
    }

    [Fact]
    public void Protobuf_data_are_the_contract()
    {
        var decoder = MappedRecords.Decoder(envelope: EnvelopeKind.CloudEvents);
        var example = new Example("x", new Target.ClassIndex(1), new ExampleInput.Text("t"));
        (string, string)[] headers = [.. Binary[..^1], ("content-type", "application/x-protobuf")];
        Assert.Equal("x", decoder.Decode(ExampleEncoder.ToProtobuf(example), "another key"u8.ToArray(), headers).Example?.Id);
        Assert.Equal("k", decoder.Decode(ExampleEncoder.ToProtobuf(example with { Id = "" }), "k"u8.ToArray(), headers).Example?.Id);
        Assert.Equal(RejectionReasons.Malformed, decoder.Decode([0xFF], "k"u8.ToArray(), headers).Reason);
    }

    [Fact]
    public void Without_paths_the_data_have_the_form_of_the_contract()
    {
        var e = MappedRecords.Decoder(envelope: EnvelopeKind.CloudEvents).Decode($$"""{ {{Attributes}},"data":{"id":"a","target":{"label":"spam"},"input":{"text":"hello"} } }""").Example!;
        Assert.Equal(("a", new ExampleInput.Text("hello")), (e.Id, e.Input));
    }

    [Fact]
    public void A_null_value_deletes_the_key() => Assert.Equal(ExampleKey.Of("o-7"), Decoder.Decode(null, "o-7", Binary).Deleted);

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"","source":"s","type":"t"}""", "attribute id ($.id), text that is not empty, but it is empty")]
    [InlineData("""{"specversion":"1.0","id":"i","source":"s"}""", "attribute type ($.type)")]
    [InlineData("""{"specversion":"0.3","id":"i","source":"s","type":"t"}""", "specversion of the CloudEvent must be 1.0 but is 0.3")]
    [InlineData("""{"specversion":1.0,"id":"i","source":"s","type":"t"}""", "it is a number")]
    [InlineData("[1]", "must be a CloudEvent, a JSON object")]
    [InlineData("""{"specversion":"1.0","id":"i","source":"s","type":"t","data_base64":"%"}""", "must be base64")]
    [InlineData("""{"specversion":"1.0","id":"i","source":"s","type":"t","data_base64":5}""", "must be base64")]
    [InlineData("""{"specversion":"1.0","id":"i","source":"s","type":"t","datacontenttype":"application/json","data_base64":"ew=="}""", "The data of the event:")]
    public void Rejects_invalid_events(string json, string detail)
    {
        var result = Decoder.Decode(json, "k");
        Assert.Equal(RejectionReasons.Malformed, result.Reason);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_batches_missing_headers_and_headers_that_are_too_large()
    {
        Assert.Equal(RejectionReasons.UnknownFormat, Decoder.Decode("[]", "k", ("content-type", "application/cloudevents-batch+json")).Reason);
        Assert.Contains("header ce_type", Decoder.Decode("{}", "k", [.. Binary.Where(static h => h.Item1 != "ce_type")]).Detail, StringComparison.Ordinal);
        Assert.Equal(RejectionReasons.TooLarge, Decoder.Decode("{}", "k", ("ce_id", new string('x', CapturedHeaders.MaxBytes))).Reason);
    }
}
