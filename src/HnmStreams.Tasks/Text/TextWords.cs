using System.Globalization;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// Splits a text into lower-cased words, each written between marks: <c>&lt;what&gt;&lt;now&gt;&lt;?&gt;</c>. A word is a
/// run of letters, digits and the marks that belong to letters, or a run of one and the same sign: "!!!", "£".
/// </summary>
internal static class TextWords
{
    internal const char Open = '<';
    internal const char Close = '>';

    /// <param name="text">Of which all is read.</param>
    /// <param name="letters">Takes the words, with their marks; 3 times as long as the text suffices.</param>
    /// <param name="ends">Takes where each word ends, behind its mark; as long as the text suffices.</param>
    /// <returns>How many words.</returns>
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

        // Half of a character beyond the 16 bits, an emoji for example: those that stand together are one word.
        Pair,
    }
}
