using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Images;
using HnmStreams.Torch.Networks.Images;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Faces;

/// <summary>
/// Images of people (or of other individuals), embedded so that those of one person are close together. A model is
/// judged on people who are never seen in training and who search among each other.
/// </summary>
public sealed class FacesTask : EmbeddingTask
{
    private readonly ImageShape _shape;
    private readonly PixelCollator _collator;
    private readonly int _shrink;
    private readonly bool _mirror;
    private readonly float _mean, _deviation;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public FacesTask(FacesOptions options)
        : base("faces", options)
    {
        if (options.Problem is { } problem)
            throw new ArgumentException(problem, nameof(options));
        _shape = new ImageShape(options.Height, options.Width, options.Channels);
        _collator = new PixelCollator(_shape.Bytes, options.Mean, options.Deviation, GroupedRow.Input);
        (_shrink, _mirror, _mean, _deviation) = (options.Shrink, options.Mirror, options.Mean, options.Deviation);
    }

    public override bool IsJudgedInIndex => false;

    /// <inheritdoc/>
    public override string Preprocessing => string.Create(
        CultureInfo.InvariantCulture,
        $"float32 [n, {_shape.Channels}, {_shape.Height / _shrink}, {_shape.Width / _shrink}]: (byte / 255 - {_mean}) / {_deviation} of {(_shape.Channels == 1 ? "the BT.601 luma" : "red, green, blue")}, then the average of each {_shrink} x {_shrink} pixels.");

    /// <summary>The activations of 64 images of 28x28 pixels after the first convolution take 3 MB, which fits a cache.</summary>
    public override int RowsPerPass => Math.Clamp(64 * 28 * 28 * _shrink * _shrink / (_shape.Height * _shape.Width), 4, 1024);

    public override nn.Module<Tensor, Tensor> CreateNetwork() =>
        new EmbeddingConvNet(_shape.Channels, _shape.Height / _shrink, _shape.Width / _shrink, OutputWidth);

    public override Tensor? TrialInput(int rows) => ChannelsLast.View(zeros(rows, _shape.Height / _shrink, _shape.Width / _shrink, _shape.Channels));

    /// <returns>[n, channels, height, width] after shrinking.</returns>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var pixels = _collator.Collate(rows, indices).view(indices.Length, _shape.Height, _shape.Width, _shape.Channels);
        var images = ChannelsLast.View(pixels);
        return _shrink == 1 ? images : nn.functional.avg_pool2d(images, _shrink);
    }

    /// <summary>Returns the network's input for a training step, each image randomly mirrored if configured.</summary>
    public override Tensor CollateTraining(RowBuffer rows, ReadOnlySpan<int> indices, long steps)
    {
        var images = Collate(rows, indices);
        if (!_mirror)
            return images;
        var generator = new Xoshiro256StarStar(unchecked((ulong)steps));
        for (var i = 0; i < indices.Length; i++)
        {
            if ((generator.NextUInt64() >> 63) == 0)
                continue;
            using var image = images[i];
            using var mirrored = image.flip(2);
            image.copy_(mirrored);
        }

        return images;
    }

    private protected override RowPreview ViewInput(ReadOnlySpan<byte> input) => RowPreview.OfImage(PixelPreview.ToPng(input, _shape));

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => input.Kind switch
    {
        InputKind.Dense => DensePixels.Encode(input, _shape, rows),
        InputKind.EncodedImage => EncodedPixels.Encode(input.Data, _shape, rows),
        _ => new Rejection(RejectionReasons.WrongInput, $"The input must be a dense tensor or an encoded image but is {ExampleKinds.Of(input.Kind)}."),
    };
}
