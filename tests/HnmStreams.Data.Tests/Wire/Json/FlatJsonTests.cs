using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire.Json;

public sealed class FlatJsonTests
{
    private static readonly ExampleDecoder Decoder = new(new WireLimits());

    [Fact]
    public void Other_identities_belong_to_an_identity()
    {
        var decoder = new ExampleDecoder(new WireLimits());
        var read = decoder.Decode("""{"id":"d","text":"x","identity":"q1","otherIdentities":["q2","1.0"]}"""u8.ToArray(), WireFormat.Json, default).Example!;
        Assert.Equal(["q2", "1"], ((Target.Identity)read.Target).Others);
        Assert.Equal("malformed", decoder.Decode("""{"id":"d","text":"x","label":"q1","otherIdentities":["q2"]}"""u8.ToArray(), WireFormat.Json, default).Reason);
        Assert.Equal("malformed", decoder.Decode("""{"id":"d","text":"x","identity":"q1","otherIdentities":[""]}"""u8.ToArray(), WireFormat.Json, default).Reason);
    }

    [Theory]
    [InlineData("""{"id":"a","text":"free money","label":"spam"}""", "Label { Name = spam }")]
    [InlineData("""{"id":"a","text":"free money","label":1}""", "ClassIndex { Index = 1 }")]
    [InlineData("""{"id":"a","text":"free money","label":1.0}""", "ClassIndex { Index = 1 }")]
    [InlineData("""{"id":"a","text":"free money","label":-1}""", "Label { Name = -1 }")]
    [InlineData("""{"id":"a","text":"free money","label":true}""", "Label { Name = true }")]
    [InlineData("""{"id":"a","text":"free money","class":3}""", "ClassIndex { Index = 3 }")]
    [InlineData("""{"id":"a","text":"free money","identity":17}""", "Identity { Name = 17 }")]
    [InlineData("""{"id":"a","input":{"text":"free money"},"label":"spam"}""", "Label { Name = spam }")]
    public void Reads_target_and_input_at_the_top_level(string json, string target)
    {
        var e = Read(json).Example!;
        Assert.Equal(target, e.Target.ToString());
        Assert.Equal(new ExampleInput.Text("free money"), e.Input);
    }

    [Fact]
    public void Reads_every_flat_input()
    {
        Assert.Equal([2], ((ExampleInput.Dense)Read("""{"id":"a","label":"x","tensor":{"type":"uint8","shape":[2],"values":[1,2]}}""").Example!.Input).Shape);
        Assert.IsType<ExampleInput.EncodedImage>(Read($$"""{"id":"a","boxes":[],"image":"{{Convert.ToBase64String([0xFF, 0xD8, 0xFF, 1])}}"}""").Example!.Input);
        Assert.Equal(
            [new Feature("amount", 12.5, null), new Feature("new", 0, "true")],
            ((ExampleInput.Features)Read("""{"id":"a","label":"x","features":{"amount":12.5,"new":true,"note":null}}""").Example!.Input).Items);
    }

    [Theory]
    [InlineData("""{"id":17,"text":"t","label":"x"}""", "17")]
    [InlineData("""{"id":"17","text":"t","label":"x"}""", "17")]
    public void Accepts_numeric_ids(string json, string id) => Assert.Equal(id, Read(json).Example?.Id);

    [Theory]
    [InlineData("""{"id":"a","text":"t","lable":"spam"}""", RejectionReasons.MissingTarget, "lable")]
    [InlineData("""{"id":"a","txt":"t","label":"spam"}""", RejectionReasons.MissingInput, "txt")]
    [InlineData("""{"id":"a","target":{"klass":1},"text":"t"}""", RejectionReasons.MissingTarget, "klass")]
    [InlineData("""{"id":"a","label":"x","input":{"words":"t"}}""", RejectionReasons.MissingInput, "words")]
    [InlineData("""{"id":"a","text":"t","label":" \t"}""", RejectionReasons.MissingTarget, "blank")]
    [InlineData("""{"id":"a","text":"t","label":"x","target":{"label":"y"}}""", RejectionReasons.Malformed, "more")]
    [InlineData("""{"id":"a","text":"t","label":1,"class":1}""", RejectionReasons.Malformed, "more")]
    [InlineData("""{"id":"a","text":"t","image":"/9j/","label":"x"}""", RejectionReasons.Malformed, "more")]
    [InlineData("""{"id":"a","label":"x","features":{"a":[1]}}""", RejectionReasons.Malformed, "'a'")]
    [InlineData("""{"id":"a","label":"x","features":{"a":null}}""", RejectionReasons.MissingInput, "features")]
    public void Rejects_invalid_records_and_names_the_problem(string json, string reason, string named)
    {
        var result = Read(json);
        Assert.Equal(reason, result.Reason);
        Assert.Contains(named, result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("caf\u00E9", "cafe\u0301")]
    [InlineData("1", "1.0")]
    [InlineData("1", "+1")]
    [InlineData("1", "1e0")]
    public void Spellings_of_one_label_are_one_class_in_both_formats(string one, string other)
    {
        foreach (var target in (Target[])[new Target.Label(other), new Target.Identity(other), new Target.Boxes([new LabeledBox(0, 0, 1, 1, other)])])
        {
            var e = new Example("a", target, new ExampleInput.Text("t"));
            foreach (var value in (byte[][])[ExampleEncoder.ToJson(e), ExampleEncoder.ToProtobuf(e)])
            {
                var name = Decoder.Decode(value, WireFormat.Unknown, default).Example!.Target switch
                {
                    Target.Label label => label.Name,
                    Target.Identity identity => identity.Name,
                    Target.Boxes boxes => boxes.Items[0].Label,
                    _ => "",
                };
                Assert.Equal(one, name);
            }
        }
    }

    private static DecodeResult Read(string json) => Decoder.Decode(Encoding.UTF8.GetBytes(json), WireFormat.Unknown, default);
}
