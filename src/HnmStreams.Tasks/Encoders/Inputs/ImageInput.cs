using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders.Models;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Images.Sizing;
using SkiaSharp;

namespace HnmStreams.Tasks.Encoders.Inputs;

/// <summary>Images of any size. The body of a row is the pixels at the encoder's size; the preview is a small JPEG file.</summary>
internal sealed class ImageInput : IEncoderInput
{
    private const int MaxRowsPerRun = 8;

    private readonly IEncoderModel _model;
    private readonly ImageInputOptions _options;
    private readonly string _name;
    private readonly float[] _scales;
    private readonly float[] _offsets;

    /// <exception cref="InvalidDataException">The network does not take images of this size, or returns no features.</exception>
    public ImageInput(IEncoderModel model, ImageInputOptions options)
    {
        (_model, _options) = (model, options);
        if (model.Inputs.Count > 1)
            throw new InvalidDataException($"An encoder of images must have one input but has: {string.Join(", ", model.Inputs)}.");
        _name = model.Inputs.Count == 0 ? "" : model.Inputs[0];
        var channels = options.Shape.Channels;
        _scales = [.. Enumerable.Range(0, channels).Select(i => 1 / (255 * Of(options.Deviations, i)))];
        _offsets = [.. Enumerable.Range(0, channels).Select(i => -Of(options.Means, i) / Of(options.Deviations, i))];
        var rows = RowsPerRun;
        Width = Pooled.Width(Run(new float[rows * options.Shape.Bytes], rows), rows, tokens: null);
    }

    public int Width { get; }

    public int RowsPerRun => _model.FixedBatch ?? MaxRowsPerRun;

    public string Description => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{_options.Shape} {_options.Resize} {(_options.IsBgr ? "bgr" : "rgb")} means {string.Join(' ', _options.Means)} deviations {string.Join(' ', _options.Deviations)}");

    public Rejection? Write(in InputView input, RowBuffer rows)
    {
        var padding = (byte)Math.Clamp(Math.Round(255 * _options.Means.Average()), 0, 255);
        if (SizedPixels.Encode(input, _options.Shape, _options.Resize, padding, _options.Limits, rows) is { } rejection)
            return rejection;
        EncodedRow.Complete(rows, _options.Thumbnail == 0 ? [] : PixelPreview.ToThumbnail(rows.Uncommitted, _options.Shape, _options.Thumbnail), isFinished: false);
        return null;
    }

    public void Run(RowBuffer rows, ReadOnlySpan<int> indices, RowInput body, Span<float> features)
    {
        var size = _options.Shape.Bytes;
        // A network with a fixed batch gets zeros in place of missing images.
        var count = _model.FixedBatch ?? indices.Length;
        var numbers = new float[count * size];
        for (var i = 0; i < indices.Length; i++)
            Normalize(body(rows.Payload(indices[i])), numbers.AsSpan(i * size, size));
        var output = Run(numbers, count);
        if (Pooled.Width(output, count, tokens: null) != Width)
            throw new InvalidDataException($"The encoder must return {Width} features but returns [{string.Join(", ", output.Shape)}].");
        for (var i = 0; i < indices.Length; i++)
            Pooled.Positions(output, i, features.Slice(i * Width, Width));
    }

    public RowPreview View(ReadOnlySpan<byte> body, ReadOnlySpan<byte> preview, bool isFinished)
    {
        if (!isFinished && body.Length != _options.Shape.Bytes)
            throw new InvalidDataException($"The row must have {_options.Shape.Bytes} bytes of pixels but has {body.Length}.");
        if (preview.IsEmpty)
            return RowPreview.OfText("(no image is stored: task.encoder.image.thumbnail is 0)");
        using var image = SKBitmap.Decode(preview) ?? throw new InvalidDataException("The preview of the row is not an image.");
        using var file = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return RowPreview.OfImage(file.ToArray());
    }

    private ModelOutput Run(float[] numbers, int count) =>
        _model.Run([new ModelInput(_name, null, numbers, [count, _options.Shape.Channels, _options.Shape.Height, _options.Shape.Width])]);

    // From pixels of adjacent channels to planes.
    private void Normalize(ReadOnlySpan<byte> pixels, Span<float> planes)
    {
        var (channels, area) = (_options.Shape.Channels, _options.Shape.Height * _options.Shape.Width);
        if (pixels.Length != channels * area)
            throw new InvalidDataException($"The row must have {channels * area} bytes of pixels but has {pixels.Length}.");
        for (var channel = 0; channel < channels; channel++)
        {
            var from = _options.IsBgr ? channels - 1 - channel : channel;
            var plane = planes.Slice(channel * area, area);
            for (var i = 0; i < area; i++)
                plane[i] = (pixels[(i * channels) + from] * _scales[channel]) + _offsets[channel];
        }
    }

    private static float Of(float[] values, int channel) => values.Length == 1 ? values[0] : values[channel];
}

/// <summary>The settings of <see cref="ImageInput"/>.</summary>
/// <param name="Shape">The size of the encoder's input.</param>
/// <param name="Resize">A mode of <see cref="ImageFit"/>.</param>
/// <param name="Means">The means in the order of the encoder's channels, as fractions of full brightness; one for all channels, or one per channel.</param>
/// <param name="Deviations">The standard deviations, like <paramref name="Means"/>.</param>
/// <param name="IsBgr">True if the encoder's channels are blue, green, red.</param>
/// <param name="Thumbnail">The longer side of the stored preview in pixels; 0 stores none.</param>
internal sealed record ImageInputOptions(ImageShape Shape, string Resize, float[] Means, float[] Deviations, bool IsBgr, int Thumbnail, ImageLimits Limits);
