using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Readers.Images;

/// <summary>Image files, whole in memory.</summary>
internal static class ImageFile
{
    /// <exception cref="DataSourceException">It is not there, packed, or above the limit; in the last case it was not read.</exception>
    public static byte[] Load(string file, int maxBytes)
    {
        using var stream = CompressedFile.Open(file, "an image file");
        if (stream is not FileStream || stream.Length > maxBytes)
            throw new DataSourceException(file, "It is packed, or too large.", $"an image of at most {maxBytes} bytes (data.maxImageBytes)");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <exception cref="DataSourceException">It is neither JPEG nor PNG.</exception>
    public static ExampleInput.EncodedImage Encoded(string file, byte[] bytes) =>
        Wire.ExampleRules.Image(bytes) is { } fault
            ? throw new DataSourceException(file, fault.Detail, "a JPEG or PNG file")
            : new ExampleInput.EncodedImage(bytes);
}
