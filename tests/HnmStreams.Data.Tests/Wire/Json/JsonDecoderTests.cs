using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire.Json;

public sealed class JsonDecoderTests
{
    private const string Rest = """, "input": { "text": "t" } }""";
    private static readonly ExampleDecoder Decoder = new(new WireLimits());

    [Fact]
    public void Reads_the_documented_form()
    {
        var e = Read("""
            { "id": "a-1", "target": { "class": 3 },
              "input": { "tensor": { "type": "float32", "shape": [1, 2], "values": [0.5, 1] } },
              "eventTime": "2026-11-23T10:00:00Z", "weight": 0.5, "comment": { "nested": ["ignored"] } }
            """).Example!;
        Assert.Equal("a-1", e.Id);
        Assert.Equal(new Target.ClassIndex(3), e.Target);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero), e.EventTime);
        Assert.Equal(0.5f, e.Weight);
        var dense = Assert.IsType<ExampleInput.Dense>(e.Input);
        Assert.Equal([1, 2], dense.Shape);
        Assert.Equal([.. BitConverter.GetBytes(0.5f), .. BitConverter.GetBytes(1f)], dense.Data.ToArray());
    }

    [Fact]
    public void Keeps_order_and_kind_of_features()
    {
        var e = Read("""{ "id": "a", "target": { "label": "fraud" }, "input": { "features": { "z": 1.5, "country": "DE", "a": -2 } } }""").Example!;
        Assert.Equal(
            [new Feature("z", 1.5, null), new Feature("country", 0, "DE"), new Feature("a", -2, null)],
            Assert.IsType<ExampleInput.Features>(e.Input).Items);
    }

    [Fact]
    public void The_encoder_writes_the_documented_form()
    {
        var json = ExampleEncoder.ToJson(new Example(
            "a", new Target.Boxes([new LabeledBox(1, 2, 3.5f, 4, "cat")]), new ExampleInput.Dense(ElementType.UInt8, [1, 2], new byte[] { 1, 2 }),
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1))));
        Assert.Equal(
            """{"id":"a","target":{"boxes":[{"left":1,"top":2,"right":3.5,"bottom":4,"label":"cat"}]},"input":{"tensor":{"type":"uint8","shape":[1,2],"data":"AQI="}},"eventTime":"2026-01-02T02:04:05Z"}""",
            Encoding.UTF8.GetString(json));
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05", 5)]
    [InlineData("2026-01-02T04:04:05+01:00", 5)]
    [InlineData("2026-01-02T03:04Z", 0)]
    public void Times_without_offset_are_UTC(string text, int second)
    {
        var time = Read($$"""{ "id": "a", "eventTime": "{{text}}", "target": { "class": 1 }""" + Rest).Example!.EventTime;
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, second, TimeSpan.Zero), time);
    }

    [Theory]
    [InlineData("""{ "id": "a", "target": { "class": 1, "label": "b" }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "text": "t", "image": "" } }""", RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "id": "b", "target": { "class": 1 }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "class": -1 }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "class": 2147483648 }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "class": "1" }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "\ud800", "target": { "class": 1 }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { }""" + Rest, RejectionReasons.MissingTarget)]
    [InlineData("""{ "id": "a", "target": null""" + Rest, RejectionReasons.MissingTarget)]
    [InlineData("""{ "id": "a", "target": { "label": "" }""" + Rest, RejectionReasons.MissingTarget)]
    [InlineData("""{ "id": "a", "target": { "boxes": [null] }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "boxes": [{ "left": 1 }] }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "class": 1 } }""", RejectionReasons.MissingInput)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "features": {} } }""", RejectionReasons.MissingInput)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "features": { "a": 1, "a": 2 } } }""", RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "features": { "a": [true] } } }""", RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "features": { "a": 1e999 } } }""", RejectionReasons.NotFinite)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "features": { "": 1 } } }""", RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "tensor": { "type": "int8", "shape": [1], "data": "AA==" } } }""", RejectionReasons.WrongShape)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "tensor": { "type": "uint8", "shape": [2], "data": "AA==" } } }""", RejectionReasons.WrongShape)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "tensor": { "type": "uint8", "shape": [1] } } }""", RejectionReasons.WrongShape)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "tensor": { "type": "uint8", "shape": [1], "values": [256] } } }""", RejectionReasons.WrongShape)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "tensor": { "type": "uint8", "shape": [1], "values": [0.5] } } }""", RejectionReasons.WrongShape)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "tensor": { "type": "uint8", "data": "AA==" } } }""", RejectionReasons.WrongShape)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "tensor": { "type": "float32", "shape": [1], "values": [1e99] } } }""", RejectionReasons.NotFinite)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "tensor": { "type": "uint8", "shape": [1], "data": "?" } } }""", RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "target": { "class": 1 }, "input": { "tensor": { "type": "uint8", "shape": [65536, 65536, 65536, 65536], "data": "" } } }""", RejectionReasons.TooLarge)]
    [InlineData("""{ "id": "a", "weight": 0, "target": { "class": 1 }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "weight": 1e99, "target": { "class": 1 }""" + Rest, RejectionReasons.NotFinite)]
    [InlineData("""{ "id": "a", "eventTime": "yesterday", "target": { "class": 1 }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("""{ "id": "a", "x": [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]], "target": { "class": 1 }""" + Rest, RejectionReasons.Malformed)]
    [InlineData("{", RejectionReasons.Malformed)]
    [InlineData("{} {}", RejectionReasons.Malformed)]
    public void Rejects_violations_with_their_reason(string json, string reason)
    {
        var result = Read(json);
        Assert.Null(result.Example);
        Assert.Equal(reason, result.Reason);
        Assert.False(string.IsNullOrWhiteSpace(result.Detail));
    }

    private static DecodeResult Read(string json) => Decoder.Decode(Encoding.UTF8.GetBytes(json), WireFormat.Json, default);
}
