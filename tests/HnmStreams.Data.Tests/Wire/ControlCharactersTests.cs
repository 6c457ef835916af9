using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire;

public sealed class ControlCharactersTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("id-1: ü 猫", "id-1: ü 猫")]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("a\r\nb\0", "a\\u000d\\u000ab\\u0000")]
    [InlineData("\u007f\u009b\u2028\u202e\u2066", "\\u007f\\u009b\\u2028\\u202e\\u2066")]
    public void Escapes_control_characters_only(string text, string escaped) => Assert.Equal(escaped, ControlCharacters.Escape(text));

    [Fact]
    public void Returns_the_same_string_if_nothing_is_escaped()
    {
        var text = new string('x', 10);
        Assert.Same(text, ControlCharacters.Escape(text));
    }
}
