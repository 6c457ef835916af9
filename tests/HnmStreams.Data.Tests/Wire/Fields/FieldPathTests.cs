using System.Text;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Fields;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Tests.Wire.Fields;

public sealed class FieldPathTests
{
    [Theory]
    [InlineData("$.after.amount", "12")]
    [InlineData("after.amount", "12")]
    [InlineData("$['after']['amount']", "12")]
    [InlineData("$[\"after\"].amount", "12")]
    [InlineData("$['a b']", "blank")]
    [InlineData("$.list[1]", "2")]
    [InlineData("list[1]", "2")]
    [InlineData("$.objects[0].x", "y")]
    [InlineData("$['']", "empty")]
    [InlineData("$.größe", "L")]
    public void Finds_the_value(string path, string expected)
    {
        Assert.True(Parse(path).Find(Root()).TryName(out var name));
        Assert.Equal(expected, Encoding.UTF8.GetString(name.Span));
    }

    [Fact]
    public void The_root_is_the_record() => Assert.Equal(FieldKind.Object, Parse("$").Find(Root()).Kind);

    [Theory]
    [InlineData("$.after.other", "is missing")]
    [InlineData("$.none.other", "is missing because $.none is missing")]
    [InlineData("$.after.amount.x", "is missing because $.after.amount is a number")]
    [InlineData("$.list[9]", "is missing because $.list is a list of 2 numbers")]
    [InlineData("$.nothing", "is null")]
    public void Explains_where_a_path_ends(string path, string expected)
    {
        Assert.True(Parse(path).Find(Root()).IsAbsent);
        Assert.Equal(expected, Parse(path).Explain(Root()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$.")]
    [InlineData("$.a.")]
    [InlineData("$.a..b")]
    [InlineData("$.*")]
    [InlineData("$.a[*]")]
    [InlineData("$.a[-1]")]
    [InlineData("$.a[0:2]")]
    [InlineData("$.a[?(@.b)]")]
    [InlineData("$['a'")]
    [InlineData("$['a")]
    [InlineData("$[")]
    [InlineData("$a")]
    [InlineData("$.a b")]
    [InlineData("$.a[99999999999]")]
    public void Rejects_other_syntax_with_the_position(string path)
    {
        Assert.Null(FieldPath.Parse(path, out var error));
        Assert.Contains("invalid at character", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_canonical_text_parses_to_the_same_path()
    {
        foreach (var path in new[] { "$.a.b[3]", "$['a b'].c", "$" })
            Assert.Equal(path, Parse(Parse(path).Text).Text);
    }

    private static FieldPath Parse(string path) => FieldPath.Parse(path, out var error) ?? throw new InvalidOperationException(error);

    private static FieldValue Root()
    {
        var json = """{"after":{"amount":12},"a b":"blank","list":[1,2],"objects":[{"x":"y"}],"":"empty","nothing":null,"größe":"L"}"""u8.ToArray();
        Assert.Null(new JsonValueReader(new WireLimits(), new StringInterner()).Read(json, out var root));
        return root;
    }
}
