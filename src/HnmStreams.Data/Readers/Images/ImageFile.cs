using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Images;

/// <summary>Loading of image files into memory.</summary>
internal static class ImageFile
{
    /// <summary>Reads a file completely.</summary>
    /// <exception cref="DataSourceException">The file is missing, compressed, or above the limit; in the last case it is not read.</exception>
    public static byte[] Load(string file, int maxBytes)
    {
        using var stream = CompressedFile.Open(file, "an image file");
        if (stream is not FileStream || stream.Length > maxBytes)
            throw new DataSourceException(file, "The file is compressed or too large.", $"an image of at most {maxBytes} bytes (data.maxImageBytes)");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Wraps the content of a JPEG or PNG file.</summary>
    /// <exception cref="DataSourceException">The file is neither JPEG nor PNG.</exception>
    public static ExampleInput.EncodedImage Encoded(string file, byte[] bytes) =>
        Wire.ExampleRules.Image(bytes) is { } rejection
            ? throw new DataSourceException(file, rejection.Detail, "a JPEG or PNG file")
            : new ExampleInput.EncodedImage(bytes);
}
