using System.Globalization;
using System.Text;
using HnmStreams.Data.Wire;

namespace HnmStreams.Web.DeadLetters;

/// <summary>The beginning of a key or a value for people: text if it is UTF-8, else hexadecimal digits.</summary>
/// <param name="Text">Text with escaped control characters, or two hexadecimal digits per byte.</param>
/// <param name="IsText">True for text.</param>
/// <param name="IsCut">True if bytes follow that are not shown.</param>
internal sealed record BytesPreview(string Text, bool IsText, bool IsCut)
{
    /// <summary>The maximum number of bytes in a preview of text.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The maximum number of bytes in a preview of other data.</summary>
    public const int MaxHexBytes = 256;

    // Binary formats such as protobuf often are valid UTF-8 by chance, but with more control characters than any text has.
    private const double MaxControlShare = 0.1;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Returns the preview of stored bytes. Pure; O(<see cref="MaxBytes"/>).</summary>
    public static BytesPreview Of(StoredBytes stored)
    {
        var content = stored.Content.Span;
        var shown = content[..TextLength(content[..Math.Min(content.Length, MaxBytes)], isCut: stored.Length > MaxBytes)];
        if (Decode(shown) is { } text)
            return new BytesPreview(ControlCharacters.Escape(text), IsText: true, shown.Length < stored.Length);
        var binary = content[..Math.Min(content.Length, MaxHexBytes)];
        return new BytesPreview(Hex(binary), IsText: false, binary.Length < stored.Length);
    }

    // The cut may be inside of a character, whose first bytes are then left out.
    private static int TextLength(ReadOnlySpan<byte> content, bool isCut)
    {
        if (!isCut)
            return content.Length;
        var start = content.Length;
        for (var back = 1; back <= Math.Min(3, content.Length); back++)
        {
            var first = content[^back];
            if ((first & 0b1100_0000) == 0b1000_0000)
                continue;
            var needed = first >= 0b1111_0000 ? 4 : first >= 0b1110_0000 ? 3 : first >= 0b1100_0000 ? 2 : 1;
            return needed > back ? start - back : start;
        }

        return start;
    }

    private static string? Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            var text = Strict.GetString(content);
            var controls = text.Count(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n'));
            return controls <= MaxControlShare * text.Length ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Hex(ReadOnlySpan<byte> content)
    {
        var text = new StringBuilder(3 * content.Length);
        foreach (var value in content)
            text.Append(text.Length == 0 ? "" : " ").Append(value.ToString("x2", CultureInfo.InvariantCulture));
        return text.ToString();
    }
}
