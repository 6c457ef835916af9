using HnmStreams.Tasks.Encoders.Tokens;

namespace HnmStreams.Tasks.Tests.Encoders.Tokens;

/// <summary>Tests against the outputs of google-research/bert's BasicTokenizer, which separates tokens by whitespace.</summary>
public sealed class BertTextTests
{
    [Theory]
    [InlineData("Hello, World!", "hello , world !")]
    [InlineData(" \tHeLLo!how  \n Are yoU?  ", "hello ! how are you ?")]
    [InlineData("H\u00E9llo F\u00FCr", "hello fur")]
    [InlineData("He\u0301llo", "hello")]
    [InlineData("ah\u535A\u63A8zz", "ah \u535A \u63A8 zz")]
    [InlineData("a\u0000b\uFFFDc\u200B", "abc")]
    [InlineData("\u00A35 \u20AC7", "\u00A35 \u20AC7")]
    [InlineData("[SEP] x", "[ sep ] x")]
    [InlineData("hi \U0001F600", "hi \U0001F600")]
    [InlineData("x\U00020000y", "x \U00020000 y")]
    [InlineData("\uD83D", "")]
    [InlineData("\u0130stanbul", "istanbul")]
    public void Splits_as_the_reference_does(string text, string words) => Assert.Equal(words, BertText.Words(text, lowercase: true).Trim());

    [Fact]
    public void Keeps_case_and_accents_of_a_cased_encoder() => Assert.Equal("H\u00E9llo , World", BertText.Words("H\u00E9llo, World", lowercase: false).Trim());
}
