using System.Globalization;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// A tokenizer that splits a text into lower-case words, each written between boundary marks:
/// <c>&lt;what&gt;&lt;now&gt;&lt;?&gt;</c>. A word is a run of letters, digits and combining marks, or a run of one
/// symbol: "!!!", "£".
/// </summary>
internal static class TextWords
{
    internal const char Open = '<';
    internal const char Close = '>';

    /// <summary>Splits a text.</summary>
    /// <param name="text">The text, which is read completely.</param>
    /// <param name="letters">Receives the words with their marks; 3 times the length of the text suffices.</param>
    /// <param name="ends">Receives the end of each word, after its mark; the length of the text suffices.</param>
    /// <returns>The number of words.</returns>
    public static int Split(ReadOnlySpan<char> text, Span<char> letters, Span<int> ends)
    {
        var (words, used) = (0, 0);
        for (var i = 0; i < text.Length;)
        {
            var kind = KindOf(text[i]);
            if (kind == Kind.Gap)
            {
                i++;
                continue;
            }

            letters[used++] = Open;
            var first = text[i];
            do
                letters[used++] = char.ToLowerInvariant(text[i++]);
            while (i < text.Length && KindOf(text[i]) == kind && (kind != Kind.Sign || text[i] == first));
            letters[used++] = Close;
            ends[words++] = used;
        }

        return words;
    }

    private static Kind KindOf(char c)
    {
        if (char.IsLetterOrDigit(c))
            return Kind.Letter;
        if (char.IsWhiteSpace(c) || char.IsControl(c))
            return Kind.Gap;
        return char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Kind.Letter,
            UnicodeCategory.Surrogate => Kind.Pair,
            _ => Kind.Sign,
        };
    }

    private enum Kind
    {
        Gap,
        Letter,
        Sign,

        // Half of a surrogate pair, for example of an emoji: adjacent ones form one word.
        Pair,
    }
}
