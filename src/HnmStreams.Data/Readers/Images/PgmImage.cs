using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Images;

/// <summary>
/// Binary PGM, one byte a pixel: <c>P5</c>, width, height and the greatest value (1 to 255) as text, one white space,
/// then the rows (netpbm.sourceforge.net/doc/pgm.html).
/// </summary>
internal static class PgmImage
{
    public const string Expected = "a binary PGM file (P5) of one image with one byte a pixel";
    private const int MostPixels = 1 << 24;

    /// <summary>A uint8 tensor [height, width]; where the greatest value is below 255, its values are stretched to 255.</summary>
    /// <returns>Null, and what is wrong, where the file is none.</returns>
    public static ExampleInput.Dense? Decode(ReadOnlySpan<byte> file, out string problem)
    {
        problem = "It does not start with P5.";
        if (!file.StartsWith("P5"u8))
            return null;
        var position = 2;
        Span<int> header = stackalloc int[3];
        foreach (ref var number in header)
        {
            if (!TryNumber(file, ref position, out number))
            {
                problem = "Its header is cut off, or holds something else than numbers.";
                return null;
            }
        }

        var (width, height, greatest) = (header[0], header[1], header[2]);
        if (width < 1 || height < 1 || (long)width * height > MostPixels)
            problem = string.Create(CultureInfo.InvariantCulture, $"Its header says {width} x {height} pixels, and allowed are 1 to {MostPixels}.");
        else if (greatest is < 1 or > 255)
            problem = string.Create(CultureInfo.InvariantCulture, $"Its greatest value is {greatest}, and allowed is 1 to 255.");
        else if (position >= file.Length || file.Length - position - 1 != width * height)
            problem = string.Create(CultureInfo.InvariantCulture, $"It holds {Math.Max(0, file.Length - position - 1)} bytes of pixels, and its header asks for {width} x {height}.");
        else
            return new ExampleInput.Dense(ElementType.UInt8, [height, width], Stretched(file[(position + 1)..], greatest));
        return null;
    }

    private static byte[] Stretched(ReadOnlySpan<byte> pixels, int greatest)
    {
        var copy = pixels.ToArray();
        if (greatest == byte.MaxValue)
            return copy;
        foreach (ref var pixel in copy.AsSpan())
            pixel = (byte)((Math.Min((int)pixel, greatest) * byte.MaxValue + (greatest / 2)) / greatest);
        return copy;
    }

    // White space and comments, which run from # to the end of a line, may stand before each number.
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
