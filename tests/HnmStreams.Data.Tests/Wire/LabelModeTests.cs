using System.Text;
using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Tests.Examples;
using HnmStreams.Data.Tests.Wire.Envelopes;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Data.Wire.Fields;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Wire;

/// <summary>Tests of records that have only an input or only a target (<c>labels.mode</c>).</summary>
public sealed class LabelModeTests
{
    private const string Unlabeled = """{"id":"a","features":{"x":1.5}}""";
    private const string Label = """{"id":"a","label":"fraud","weight":2}""";
    private const string Both = """{"id":"a","features":{"x":1.5},"label":"fraud"}""";
    private const string Neither = """{"id":"a","weight":2}""";

    [Theory]
    [InlineData(WireFormat.Protobuf)]
    [InlineData(WireFormat.Json)]
    public void The_parts_of_an_example_are_decoded_as_they_were_encoded(WireFormat format) => ExampleGen.Valid.Sample(example =>
    {
        var decoder = new ExampleDecoder(new WireLimits { MaxWeight = float.MaxValue }, labels: LabelMode.Mixed);
        foreach (var part in (Example[])[example, example with { Target = Target.None.Instance }, example with { Input = ExampleInput.None.Instance }])
        {
            var result = decoder.Decode(format == WireFormat.Json ? ExampleEncoder.ToJson(part) : ExampleEncoder.ToProtobuf(part), format, Encoding.UTF8.GetBytes(example.Id));
            Assert.Null(result.Detail);
            Assert.Equal((part.IsUnlabeled, part.IsLabel), (result.Example!.IsUnlabeled, result.Example.IsLabel));
            Assert.Equal(ExampleText.Of(part), ExampleText.Of(result.Example));
        }
    });

    [Theory]
    [InlineData(LabelMode.Inline, Unlabeled, RejectionReasons.MissingTarget)]
    [InlineData(LabelMode.Inline, Label, RejectionReasons.MissingInput)]
    [InlineData(LabelMode.Inline, Both, null)]
    [InlineData(LabelMode.Later, Unlabeled, null)]
    [InlineData(LabelMode.Later, Label, null)]
    [InlineData(LabelMode.Later, Both, RejectionReasons.WrongTarget)]
    [InlineData(LabelMode.Later, Neither, RejectionReasons.MissingInput)]
    [InlineData(LabelMode.Mixed, Unlabeled, null)]
    [InlineData(LabelMode.Mixed, Label, null)]
    [InlineData(LabelMode.Mixed, Both, null)]
    [InlineData(LabelMode.Mixed, Neither, RejectionReasons.MissingInput)]
    public void The_mode_decides_which_parts_may_be_missing_in_every_format(LabelMode mode, string json, string? reason)
    {
        Assert.Equal(reason, Decoder(mode).Decode(Encoding.UTF8.GetBytes(json), WireFormat.Json, default).Reason);
        Assert.Equal(reason, Decoder(mode).Decode(Message(json), WireFormat.Protobuf, default).Reason);
        var fields = new FieldOptions { Id = "$.id", Label = "$.label", Features = ["$.features"], Weight = "$.weight" };
        Assert.Equal(reason, new EnvelopeDecoder(new WireLimits(), fields, EnvelopeKind.None, labels: mode).Decode(json).Reason);
    }

    [Fact]
    public void An_inline_stream_names_the_setting_for_labels_that_come_later()
    {
        var result = Decoder(LabelMode.Inline).Decode(Encoding.UTF8.GetBytes(Unlabeled), WireFormat.Json, default);
        Assert.Contains("set labels.mode to later or mixed", result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("labels.mode", Decoder(null).Decode(Encoding.UTF8.GetBytes(Unlabeled), WireFormat.Json, default).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_with_both_names_the_mode_that_takes_it()
    {
        var result = Decoder(LabelMode.Later).Decode(Encoding.UTF8.GetBytes(Both), WireFormat.Json, default);
        Assert.Contains("Set labels.mode to mixed", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_is_checked_like_an_example()
    {
        var decoder = Decoder(LabelMode.Mixed);
        Assert.Equal(RejectionReasons.MissingTarget, decoder.Decode("""{"id":"a","label":" "}"""u8.ToArray(), WireFormat.Json, default).Reason);
        Assert.Equal(RejectionReasons.Malformed, decoder.Decode("""{"id":"a","label":"x","weight":-1}"""u8.ToArray(), WireFormat.Json, default).Reason);
        Assert.Equal(RejectionReasons.MissingInput, decoder.Decode("""{"id":"a","features":{}}"""u8.ToArray(), WireFormat.Json, default).Reason);
        Assert.True(decoder.Decode("""{"id":"a","label":"x","weight":1000}"""u8.ToArray(), WireFormat.Json, default).IsWeightClipped);
    }

    [Theory]
    [InlineData(LabelMode.Mixed, null)]
    [InlineData(LabelMode.Later, RejectionReasons.WrongTarget)]
    public void Rows_of_a_batch_may_have_no_target(LabelMode mode, string? both)
    {
        var features = new ExampleInput.Features([new Feature("x", 1.5, null)]);
        using var rows = Decoder(mode).CreateRows();
        Assert.Null(rows.Open(ExampleEncoder.ToArrow([new Example("a", Target.None.Instance, features), new Example("b", new Target.Label("fraud"), features)])));
        Assert.Equal(RowKind.Example, rows.Read(out var unlabeled).Kind);
        Assert.True(unlabeled.ToExample().IsUnlabeled);
        var second = rows.Read(out var labeled);
        Assert.Equal(both, second.Reason);
        if (both is null)
            Assert.Equal(new Target.Label("fraud"), labeled.Target);
    }

    [Fact]
    public void A_batch_of_unlabeled_rows_is_rejected_in_an_inline_stream()
    {
        using var rows = Decoder(LabelMode.Inline).CreateRows();
        Assert.Null(rows.Open(ExampleEncoder.ToArrow([new Example("a", Target.None.Instance, new ExampleInput.Text("t")), new Example("b", new Target.Label("x"), new ExampleInput.Text("t"))])));
        var result = rows.Read(out _);
        Assert.Equal(RejectionReasons.MissingTarget, result.Reason);
        Assert.Contains("labels.mode", result.Detail, StringComparison.Ordinal);
    }

    private static ExampleDecoder Decoder(LabelMode? mode) => new(new WireLimits(), labels: mode);

    private static byte[] Message(string json)
    {
        var features = new ExampleInput.Features([new Feature("x", 1.5, null)]);
        return ExampleEncoder.ToProtobuf(new Example(
            "a",
            json.Contains("label", StringComparison.Ordinal) ? new Target.Label("fraud") : Target.None.Instance,
            json.Contains("features", StringComparison.Ordinal) ? features : ExampleInput.None.Instance,
            Weight: 2));
    }
}
