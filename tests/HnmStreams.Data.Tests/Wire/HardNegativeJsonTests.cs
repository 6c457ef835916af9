using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire;

public sealed class HardNegativeJsonTests
{
    private static readonly HardNegativeEntry Entry = new("img-12", 3, 0.5f, 17, HardNegativeReasons.Harder, "the easiest had 0.25", 2, new Origin("examples", 1, 123));

    [Fact]
    public void The_value_has_the_documented_form() => Assert.Equal(
        """{"id":"img-12","region":3,"hardness":0.5,"modelVersion":17,"reason":"harder","detail":"the easiest had 0.25","label":2,"origin":{"topic":"examples","partition":1,"offset":123}}""",
        Encoding.UTF8.GetString(HardNegativeJson.Value(Entry)));

    [Fact]
    public void Reads_back_entries_and_ignores_members_of_later_versions()
    {
        Assert.Equal(Entry, HardNegativeJson.Read(HardNegativeJson.Value(Entry)));
        Assert.Equal(Entry with { Detail = null }, HardNegativeJson.Read(HardNegativeJson.Value(Entry with { Detail = null })));
        Assert.Equal("a", HardNegativeJson.Read("""{"id":"a","later":[1]}"""u8).Id);
        Assert.Throws<System.Text.Json.JsonException>(() => HardNegativeJson.Read("null"u8));
    }

    [Theory]
    [InlineData("img-12", 0)]
    [InlineData("a#7", 12)]
    [InlineData("ü", int.MaxValue)]
    public void A_key_identifies_one_candidate(string id, int region)
    {
        Assert.True(HardNegativeJson.TryReadKey(HardNegativeJson.Key(id, region), out var readId, out var readRegion));
        Assert.Equal((id, region), (readId, readRegion));
    }

    [Theory]
    [InlineData("")]
    [InlineData("img-12")]
    [InlineData("#1")]
    [InlineData("a#")]
    [InlineData("a#-1")]
    [InlineData("a#99999999999")]
    [InlineData("a#1 ")]
    public void Rejects_keys_of_another_form(string key) => Assert.False(HardNegativeJson.TryReadKey(Encoding.UTF8.GetBytes(key), out _, out _));
}
