using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Images.Sizing;
using SkiaSharp;

namespace HnmStreams.Tasks.Encoders.Inputs;

/// <summary>Rows of images of any size. The body of a row is the pixels at the network's size, with the channels of a pixel adjacent; the preview is a small JPEG file. Thread-safe.</summary>
internal sealed class PixelRows
{
    private readonly ImageInputOptions _options;
    private readonly float[] _scales;
    private readonly float[] _offsets;

    public PixelRows(ImageInputOptions options)
    {
        _options = options;
        var channels = options.Shape.Channels;
        _scales = [.. Enumerable.Range(0, channels).Select(i => 1 / (255 * Of(options.Deviations, i)))];
        _offsets = [.. Enumerable.Range(0, channels).Select(i => -Of(options.Means, i) / Of(options.Deviations, i))];
    }

    public ImageShape Shape => _options.Shape;

    /// <summary>Describes the conversion of an image.</summary>
    public string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"{Shape} {_options.Resize} {(_options.IsBgr ? "bgr" : "rgb")} means {string.Join(' ', _options.Means)} deviations {string.Join(' ', _options.Deviations)}");

    /// <summary>Writes body, preview and end of a row after the committed rows, or returns the rejection.</summary>
    public Rejection? Write(in InputView input, RowBuffer rows)
    {
        var padding = (byte)Math.Clamp(Math.Round(255 * _options.Means.Average()), 0, 255);
        if (SizedPixels.Encode(input, Shape, _options.Resize, padding, _options.Limits, rows) is { } rejection)
            return rejection;
        EncodedRow.Complete(rows, _options.Thumbnail == 0 ? [] : PixelPreview.ToThumbnail(rows.Uncommitted, Shape, _options.Thumbnail), isFinished: false);
        return null;
    }

    /// <summary>Writes the normalized numbers of a body.</summary>
    /// <param name="isPlanar">True for one plane per channel; false for the channels of a pixel side by side.</param>
    /// <exception cref="InvalidDataException">The body was not written by <see cref="Write"/>.</exception>
    public void Normalize(ReadOnlySpan<byte> pixels, Span<float> numbers, bool isPlanar)
    {
        Check(pixels);
        var (channels, area) = (Shape.Channels, Shape.Height * Shape.Width);
        for (var channel = 0; channel < channels; channel++)
        {
            var from = _options.IsBgr ? channels - 1 - channel : channel;
            var (start, step) = isPlanar ? (channel * area, 1) : (channel, channels);
            for (var i = 0; i < area; i++)
                numbers[start + (i * step)] = (pixels[(i * channels) + from] * _scales[channel]) + _offsets[channel];
        }
    }

    /// <summary>Checks the size of a body.</summary>
    /// <exception cref="InvalidDataException">The body was not written by <see cref="Write"/>.</exception>
    public void Check(ReadOnlySpan<byte> pixels)
    {
        if (pixels.Length != Shape.Bytes)
            throw new InvalidDataException($"The row must have {Shape.Bytes} bytes of pixels but has {pixels.Length}.");
    }

    /// <summary>Returns the preview of a row.</summary>
    /// <exception cref="InvalidDataException">The preview was not written by <see cref="Write"/>.</exception>
    public RowPreview View(ReadOnlySpan<byte> preview)
    {
        if (preview.IsEmpty)
            return RowPreview.OfText($"(no image is stored: {_options.Limits.Section}.thumbnail is 0)");
        using var image = SKBitmap.Decode(preview) ?? throw new InvalidDataException("The preview of the row is not an image.");
        using var file = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return RowPreview.OfImage(file.ToArray());
    }

    private static float Of(float[] values, int channel) => values.Length == 1 ? values[0] : values[channel];
}

/// <summary>The settings of <see cref="PixelRows"/>.</summary>
/// <param name="Shape">The size of the network's input.</param>
/// <param name="Resize">A mode of <see cref="ImageFit"/>.</param>
/// <param name="Means">The means in the order of the network's channels, as fractions of full brightness; one for all channels, or one per channel.</param>
/// <param name="Deviations">The standard deviations, like <paramref name="Means"/>.</param>
/// <param name="IsBgr">True if the network's channels are blue, green, red.</param>
/// <param name="Thumbnail">The longer side of the stored preview in pixels; 0 stores none.</param>
internal sealed record ImageInputOptions(ImageShape Shape, string Resize, float[] Means, float[] Deviations, bool IsBgr, int Thumbnail, ImageLimits Limits)
{
    /// <summary>Reads the settings of a section.</summary>
    /// <exception cref="InvalidDataException">The means or deviations do not fit the channels.</exception>
    public static ImageInputOptions Of(EncoderImageOptions image, ImageShape shape, string section)
    {
        if (shape.Channels == 1 && image.Means.Length + image.Deviations.Length > 2)
            throw new InvalidDataException($"'{section}.means' and '{section}.deviations' must have one number each for gray images but have more. Set one, or set the task's channels to 3.");
        var limits = new ImageLimits(shape.Width, shape.Height, image.MaxPixels, image.MaxDecodedPixels, section);
        return new ImageInputOptions(shape, image.Resize, image.Means, image.Deviations, image.Channels is "bgr", image.Thumbnail, limits);
    }
}
