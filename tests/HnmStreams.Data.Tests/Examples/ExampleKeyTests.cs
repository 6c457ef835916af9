using System.Text;
using CsCheck;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Tests.Examples;

public sealed class ExampleKeyTests
{
    [Fact]
    public void The_same_id_gives_the_same_key_as_text_and_as_bytes() =>
        Gen.String[Gen.Char[' ', '\uD7FF'], 0, 2000].Sample(static id => Assert.Equal(ExampleKey.Of(Encoding.UTF8.GetBytes(id)), ExampleKey.Of(id)));

    [Fact]
    public void Keys_are_the_published_XxHash128_of_the_id()
    {
        // The reference implementation's value for the empty input and seed 0.
        Assert.Equal("99aa06d3014798d86001c324468d497f", ExampleKey.Of(string.Empty).ToString());
    }

    [Fact]
    public void A_hundred_thousand_ids_get_as_many_keys()
    {
        var keys = Enumerable.Range(0, 100_000).Select(static i => ExampleKey.Of($"syn-{i}")).ToHashSet();
        Assert.Equal(100_000, keys.Count);
    }
}
