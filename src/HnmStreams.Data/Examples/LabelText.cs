using System.Globalization;
using System.Text;

namespace HnmStreams.Data.Examples;

/// <summary>The canonical spelling of labels, so that one class has one name in files, on the wire and in the settings.</summary>
internal static class LabelText
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>
    /// Returns the label with composed characters (see <see cref="UnicodeComposition"/>). A whole number is returned without plus sign, fraction and exponent:
    /// <c>+1</c>, <c>1.0</c> and <c>1e0</c> become <c>1</c>. Allocates only if the spelling changes.
    /// </summary>
    /// <param name="text">A label of valid Unicode.</param>
    public static string Canonical(string text)
    {
        if (!Ascii.IsValid(text))
            return UnicodeComposition.Compose(text);
        return text.AsSpan().IndexOfAny("+.eE") >= 0 && TryWholeNumber(text, out var number) ? number.ToString(CultureInfo.InvariantCulture) : text;
    }

    /// <summary>Parses a class index: a whole number from 0 to 2^31 - 1 in any spelling (<c>1</c>, <c>1.0</c>, <c>+1</c>).</summary>
    public static bool TryClassIndex(ReadOnlySpan<char> text, out int index)
    {
        var parsed = TryWholeNumber(text, out var number) && number is >= 0 and <= int.MaxValue;
        index = parsed ? (int)number : 0;
        return parsed;
    }

    private static bool TryWholeNumber(ReadOnlySpan<char> text, out long number)
    {
        // Above 2^53 a double no longer represents every whole number.
        var parsed = double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var value) && Math.Floor(value) == value && Math.Abs(value) < 1L << 53;
        number = parsed ? (long)value : 0;
        return parsed;
    }
}
