using System.Globalization;
using System.Text;

namespace HnmStreams.Data.Wire;

/// <summary>
/// The escaping of characters that change how a terminal, a log or a header shows a text: control characters, line and
/// paragraph separators, and the characters that change the direction of writing (Unicode Technical Report 36, section 2.4;
/// CWE-117 and CWE-150). Ids and texts of producers may contain them.
/// </summary>
public static class ControlCharacters
{
    /// <summary>Returns <paramref name="text"/> with each such character as <c>\uXXXX</c>. Returns the same string if none exists. O(length).</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var first = 0;
        while (first < text.Length && !MustEscape(text[first]))
            first++;
        if (first == text.Length)
            return text;
        var escaped = new StringBuilder(text.Length + 16).Append(text, 0, first);
        foreach (var character in text.AsSpan(first))
        {
            if (MustEscape(character))
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                escaped.Append(character);
        }

        return escaped.ToString();
    }

    private static bool MustEscape(char character) => char.IsControl(character)
        || character is '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
