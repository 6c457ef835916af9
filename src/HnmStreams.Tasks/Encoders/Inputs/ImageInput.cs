using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders.Models;

namespace HnmStreams.Tasks.Encoders.Inputs;

/// <summary>Images of any size (<see cref="PixelRows"/>).</summary>
internal sealed class ImageInput : IEncoderInput
{
    private const int MaxRowsPerRun = 8;

    private readonly IEncoderModel _model;
    private readonly PixelRows _images;
    private readonly string _name;

    /// <exception cref="InvalidDataException">The network does not take images of this size, or returns no features.</exception>
    public ImageInput(IEncoderModel model, ImageInputOptions options)
    {
        (_model, _images) = (model, new PixelRows(options));
        if (model.Inputs.Count > 1)
            throw new InvalidDataException($"An encoder of images must have one input but has: {string.Join(", ", model.Inputs)}.");
        _name = model.Inputs.Count == 0 ? "" : model.Inputs[0];
        var rows = RowsPerRun;
        Width = Pooled.Width(Run(new float[rows * options.Shape.Bytes], rows), rows, tokens: null);
    }

    public int Width { get; }

    public int RowsPerRun => _model.FixedBatch ?? MaxRowsPerRun;

    public string Description => _images.Description;

    public Rejection? Write(in InputView input, RowBuffer rows) => _images.Write(input, rows);

    public void Run(RowBuffer rows, ReadOnlySpan<int> indices, RowInput body, Span<float> features)
    {
        var size = _images.Shape.Bytes;
        // A network with a fixed batch gets zeros in place of missing images.
        var count = _model.FixedBatch ?? indices.Length;
        var numbers = new float[count * size];
        for (var i = 0; i < indices.Length; i++)
            _images.Normalize(body(rows.Payload(indices[i])), numbers.AsSpan(i * size, size), isPlanar: true);
        var output = Run(numbers, count);
        if (Pooled.Width(output, count, tokens: null) != Width)
            throw new InvalidDataException($"The encoder must return {Width} features but returns [{string.Join(", ", output.Shape)}].");
        for (var i = 0; i < indices.Length; i++)
            Pooled.Positions(output, i, features.Slice(i * Width, Width));
    }

    public RowPreview View(ReadOnlySpan<byte> body, ReadOnlySpan<byte> preview, bool isFinished)
    {
        if (!isFinished)
            _images.Check(body);
        return _images.View(preview);
    }

    private ModelOutput Run(float[] numbers, int count) =>
        _model.Run([new ModelInput(_name, null, numbers, [count, _images.Shape.Channels, _images.Shape.Height, _images.Shape.Width])]);
}
