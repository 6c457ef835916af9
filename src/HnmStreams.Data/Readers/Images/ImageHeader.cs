using System.Buffers.Binary;

namespace HnmStreams.Data.Readers.Images;

/// <summary>The size of a JPEG or PNG image as it is displayed, with the EXIF orientation applied.</summary>
/// <param name="Width">The width in pixels of the upright image.</param>
/// <param name="Height">The height in pixels of the upright image.</param>
/// <param name="Orientation">The EXIF orientation, 1 to 8; 1 is upright. From 5 on, the stored image has width and height swapped.</param>
internal readonly record struct ImageHeader(int Width, int Height, int Orientation)
{
    private const ushort OrientationTag = 0x0112;

    /// <summary>Reads the header without decoding the image. Returns null if the file is damaged or of another format.</summary>
    public static ImageHeader? Read(ReadOnlySpan<byte> file)
    {
        // PNG: the IHDR chunk comes first (ISO/IEC 15948, section 11.2.2).
        if (file.Length >= 24 && file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            return new ImageHeader(BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..]), 1);
        return file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? ReadJpeg(file) : null;
    }

    // Segments of ITU-T T.81, annex B: 0xFF, marker, length with its own two bytes, content.
    private static ImageHeader? ReadJpeg(ReadOnlySpan<byte> file)
    {
        var orientation = 1;
        for (var position = 2; position + 4 <= file.Length && file[position] == 0xFF;)
        {
            var marker = file[position + 1];
            if (marker == 0xFF)
            {
                position++;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(position + 2)..]);
            if (length < 2 || position + 2 + length > file.Length)
                return null;
            var content = file.Slice(position + 4, length - 2);
            if (marker == 0xE1 && content.StartsWith("Exif\0\0"u8))
                orientation = ReadOrientation(content[6..]);
            // SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC).
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && content.Length >= 5)
                return Upright(BinaryPrimitives.ReadUInt16BigEndian(content[3..]), BinaryPrimitives.ReadUInt16BigEndian(content[1..]), orientation);
            position += 2 + length;
        }

        return null;
    }

    private static ImageHeader Upright(int width, int height, int orientation) =>
        orientation >= 5 ? new ImageHeader(height, width, orientation) : new ImageHeader(width, height, orientation);

    // A TIFF header, then the entries of the first directory of 12 bytes each (CIPA DC-008, section 4.6).
    private static int ReadOrientation(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
            return 1;
        var little = tiff[0] == (byte)'I';
        var directory = Read32(tiff[4..], little);
        if (directory > (uint)tiff.Length - 2)
            return 1;
        var entries = tiff[((int)directory + 2)..];
        for (var count = Read16(tiff[(int)directory..], little); count > 0 && entries.Length >= 12; count--, entries = entries[12..])
        {
            if (Read16(entries, little) == OrientationTag)
                return Read16(entries[8..], little) is var value and >= 1 and <= 8 ? value : 1;
        }

        return 1;
    }

    private static ushort Read16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Read32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
