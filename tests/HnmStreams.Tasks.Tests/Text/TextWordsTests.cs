using HnmStreams.Tasks.Text;

namespace HnmStreams.Tasks.Tests.Text;

public sealed class TextWordsTests
{
    [Theory]
    [InlineData("What NOW", "<what><now>")]
    [InlineData("  a\tb\r\n", "<a><b>")]
    [InlineData("wait!!! £5?", "<wait><!!!><£><5><?>")]
    [InlineData("don't", "<don><'><t>")]
    [InlineData("?!", "<?><!>")]
    [InlineData("ÄRGER", "<ärger>")]
    [InlineData("e\u0301te\u0301", "<e\u0301te\u0301>")]
    [InlineData("हिन्दी", "<हिन्दी>")]
    [InlineData("ok😀😀", "<ok><😀😀>")]
    [InlineData("", "")]
    public void Words_are_lower_case_and_symbols_are_words(string text, string expected)
    {
        var (letters, ends) = (new char[(3 * text.Length) + 1], new int[text.Length + 1]);
        var words = TextWords.Split(text, letters, ends);
        Assert.Equal(expected, new string(letters, 0, words == 0 ? 0 : ends[words - 1]));
        Assert.Equal(expected.Count(c => c == '<'), words);
    }
}
