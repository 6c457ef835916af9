using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Images;

/// <summary>
/// A decoder of binary PGM files with one byte per pixel: <c>P5</c>, width, height and the maximum gray value (1 to 255) as
/// text, one white-space character, then the rows (netpbm.sourceforge.net/doc/pgm.html).
/// </summary>
internal static class PgmImage
{
    public const string Expected = "a binary PGM file (P5) of one image with one byte per pixel";
    private const int MaxPixels = 1 << 24;

    /// <summary>Decodes a file to a uint8 tensor [height, width]. If the maximum gray value is below 255, the values are scaled to 255.</summary>
    /// <returns>Null and the problem if the file is not a valid PGM image.</returns>
    public static ExampleInput.Dense? Decode(ReadOnlySpan<byte> file, out string problem)
    {
        problem = "The file does not start with P5.";
        if (!file.StartsWith("P5"u8))
            return null;
        var position = 2;
        Span<int> header = stackalloc int[3];
        foreach (ref var number in header)
        {
            if (!TryNumber(file, ref position, out number))
            {
                problem = "The header is truncated or holds something other than numbers.";
                return null;
            }
        }

        var (width, height, maximum) = (header[0], header[1], header[2]);
        if (width < 1 || height < 1 || (long)width * height > MaxPixels)
            problem = string.Create(CultureInfo.InvariantCulture, $"The image must have 1 to {MaxPixels} pixels but its header has {width} x {height}.");
        else if (maximum is < 1 or > 255)
            problem = string.Create(CultureInfo.InvariantCulture, $"The maximum gray value must be 1 to 255 but is {maximum}.");
        else if (position >= file.Length || file.Length - position - 1 != width * height)
            problem = string.Create(CultureInfo.InvariantCulture, $"The file has {Math.Max(0, file.Length - position - 1)} bytes of pixels but its header requires {width} x {height}.");
        else
            return new ExampleInput.Dense(ElementType.UInt8, [height, width], Scaled(file[(position + 1)..], maximum));
        return null;
    }

    private static byte[] Scaled(ReadOnlySpan<byte> pixels, int maximum)
    {
        var copy = pixels.ToArray();
        if (maximum == byte.MaxValue)
            return copy;
        foreach (ref var pixel in copy.AsSpan())
            pixel = (byte)((Math.Min((int)pixel, maximum) * byte.MaxValue + (maximum / 2)) / maximum);
        return copy;
    }

    // White space and comments, which extend from # to the end of the line, may precede each number.
    private static bool TryNumber(ReadOnlySpan<byte> file, ref int position, out int number)
    {
        number = 0;
        while (position < file.Length && (file[position] is (byte)'#' || IsSpace(file[position])))
        {
            if (file[position++] is not (byte)'#')
                continue;
            while (position < file.Length && file[position] is not ((byte)'\n' or (byte)'\r'))
                position++;
        }

        var start = position;
        while (position < file.Length && position - start < 9 && char.IsAsciiDigit((char)file[position]))
            number = (number * 10) + (file[position++] - '0');
        return position > start && position < file.Length && (IsSpace(file[position]) || file[position] is (byte)'#');
    }

    private static bool IsSpace(byte character) => character is 9 or 10 or 11 or 12 or 13 or 32;
}
