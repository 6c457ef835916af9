using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace HnmStreams.Data.Examples;

/// <summary>
/// The composition of base characters and combining marks, as in Unicode normalization form C. <see cref="string.Normalize()"/>
/// does nothing under InvariantGlobalization, which the service uses to run without ICU.
/// </summary>
/// <remarks>
/// Covers the Basic Multilingual Plane and text whose marks are in canonical order, as keyboards and file systems write them.
/// Marks are not reordered. Thread-safe.
/// </remarks>
internal static class UnicodeComposition
{
    private const int FirstLead = 0x1100;
    private const int FirstVowel = 0x1161;
    private const int FirstTrail = 0x11A7;
    private const int FirstSyllable = 0xAC00;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;
    private static readonly FrozenDictionary<(char Base, char Mark), char> Compositions = Load();
    private static readonly FrozenDictionary<char, char> Bases = Compositions.ToFrozenDictionary(static pair => pair.Value, static pair => pair.Key.Base);

    /// <summary>Returns the text with each base character and the marks behind it composed. O(length).</summary>
    public static string Compose(string text)
    {
        var composed = new StringBuilder(text.Length);
        foreach (var next in text)
        {
            if (composed.Length > 0 && TryCompose(composed[^1], next, out var pair))
                composed[^1] = pair;
            else
                composed.Append(next);
        }

        return composed.Length == text.Length ? text : composed.ToString();
    }

    /// <summary>Returns the character without its marks: <c>e</c> for <c>é</c>; the character itself if it has none. O(1).</summary>
    public static char WithoutMarks(char character)
    {
        while (Bases.TryGetValue(character, out var first))
            character = first;
        return character;
    }

    private static bool TryCompose(char first, char second, out char composed)
    {
        if (Compositions.TryGetValue((first, second), out composed))
            return true;
        // Hangul syllables are computed (Unicode Standard, section 3.12).
        var (lead, vowel, trail, syllable) = (first - FirstLead, second - FirstVowel, second - FirstTrail, first - FirstSyllable);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            composed = (char)(FirstSyllable + (((lead * Vowels) + vowel) * Trails));
        else if (syllable is >= 0 and < Leads * Vowels * Trails && syllable % Trails == 0 && trail is > 0 and < Trails)
            composed = (char)(first + trail);
        else
            return false;
        return true;
    }

    private static FrozenDictionary<(char Base, char Mark), char> Load()
    {
        using var reader = new StreamReader(typeof(UnicodeComposition).Assembly.GetManifestResourceStream("UnicodeCompositions.txt")!);
        var compositions = new Dictionary<(char Base, char Mark), char>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var codes = line.Split(' ').Select(static code => (char)int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            compositions.Add((codes[0], codes[1]), codes[2]);
        }

        return compositions.ToFrozenDictionary();
    }
}
