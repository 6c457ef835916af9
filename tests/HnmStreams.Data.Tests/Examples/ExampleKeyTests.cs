using System.Text;
using CsCheck;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Tests.Examples;

public sealed class ExampleKeyTests
{
    [Fact]
    public void A_string_and_its_UTF8_bytes_have_the_same_key() =>
        Gen.String[Gen.Char[' ', '\uD7FF'], 0, 2000].Sample(static id => Assert.Equal(ExampleKey.Of(Encoding.UTF8.GetBytes(id)), ExampleKey.Of(id)));

    [Fact]
    public void Matches_the_reference_implementation_of_XxHash128()
    {
        // The reference implementation's value for the empty input and seed 0.
        Assert.Equal("99aa06d3014798d86001c324468d497f", ExampleKey.Of(string.Empty).ToString());
    }

    [Fact]
    public void Has_no_collisions_among_100_000_ids()
    {
        var keys = Enumerable.Range(0, 100_000).Select(static i => ExampleKey.Of($"syn-{i}")).ToHashSet();
        Assert.Equal(100_000, keys.Count);
    }
}
