using System.Globalization;
using System.Text;
using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Encoders.Tokens;

/// <summary>
/// The basic tokenization of BERT (google-research/bert, <c>tokenization.py</c>): removes control characters, optionally lower-cases and
/// removes accents, and puts spaces around punctuation and Chinese characters. The library's BertTokenizer does the same, but drops
/// currency signs and emoji, reads <c>[SEP]</c> in a text as a control token, and keeps accents without ICU, which the service runs without.
/// </summary>
internal static class BertText
{
    /// <summary>Returns the words of the text with one space between them. O(length).</summary>
    public static string Words(ReadOnlySpan<char> text, bool lowercase)
    {
        var words = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                AddPair(words, text[i], text[i + 1]);
                i++;
            }
            else
            {
                Add(words, text[i], lowercase);
            }
        }

        return words.ToString();
    }

    private static void Add(StringBuilder words, char next, bool lowercase)
    {
        var plain = lowercase ? char.ToLowerInvariant(UnicodeComposition.WithoutMarks(next)) : next;
        if (IsSpace(plain))
            Separate(words);
        else if (IsControl(plain) || (lowercase && char.GetUnicodeCategory(plain) == UnicodeCategory.NonSpacingMark))
            return;
        else if (IsPunctuation(plain) || IsChinese(plain))
            AddAlone(words, plain);
        else
            words.Append(plain);
    }

    // Chinese characters beyond the Basic Multilingual Plane are words too.
    private static void AddPair(StringBuilder words, char high, char low)
    {
        var isChinese = char.ConvertToUtf32(high, low) is (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);
        if (isChinese)
            Separate(words);
        words.Append(high).Append(low);
        if (isChinese)
            Separate(words);
    }

    private static void AddAlone(StringBuilder words, char word)
    {
        Separate(words);
        words.Append(word);
        Separate(words);
    }

    private static void Separate(StringBuilder words)
    {
        if (words.Length > 0 && words[^1] != ' ')
            words.Append(' ');
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' || char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator;

    private static bool IsControl(char c) => c is '\0' or '\uFFFD' || char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;

    private static bool IsPunctuation(char c) => c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~') || char.IsPunctuation(c);

    private static bool IsChinese(char c) => c is (>= '\u4E00' and <= '\u9FFF') or (>= '\u3400' and <= '\u4DBF') or (>= '\uF900' and <= '\uFAFF');
}
