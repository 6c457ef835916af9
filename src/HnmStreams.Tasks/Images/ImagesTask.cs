using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images.Augmenting;
using HnmStreams.Tasks.Images.Sizing;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch.Networks.Images;
using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Images;

/// <summary>
/// Classification of images: one class against the rest, or several classes. A row holds the
/// pixels as bytes with the channels of a pixel adjacent, the order that suits convolutions.
/// </summary>
public sealed class ImagesTask : LabeledTask
{
    private readonly ImageShape _shape;
    private readonly PixelCollator _collator;
    private readonly ImageAugmentation _augmentation;
    private readonly bool _convolutional;
    private readonly float _mean, _deviation;
    private readonly string _resize;
    private readonly byte _padding;
    private readonly ImageLimits _limits;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public ImagesTask(ImagesOptions options)
        : base("images", options)
    {
        if (options.AugmentationProblem is { } problem)
            throw new ArgumentException(problem, nameof(options));
        _augmentation = new ImageAugmentation(options.Augment);
        _shape = new ImageShape(options.Height, options.Width, options.Channels);
        _collator = new PixelCollator(_shape.Bytes, options.Mean, options.Deviation);
        _convolutional = string.Equals(options.Network, "convolutional", StringComparison.Ordinal);
        (_mean, _deviation) = (options.Mean, options.Deviation);
        (_resize, _padding) = (options.Resize, (byte)Math.Round(255 * options.Mean));
        _limits = new ImageLimits(options.Width, options.Height, options.MaxPixels, options.MaxDecodedPixels, "task.images");
    }

    /// <summary>The activations of 64 images of 28x28 pixels after the first convolution take 3 MB, which fits a cache.</summary>
    public override int RowsPerPass => _convolutional ? Math.Clamp(64 * 28 * 28 / (_shape.Height * _shape.Width), 4, 1024) : 4096;

    /// <inheritdoc/>
    public override string Preprocessing => string.Create(
        CultureInfo.InvariantCulture,
        $"float32 {(_convolutional ? $"[n, {_shape.Channels}, {_shape.Height}, {_shape.Width}]" : $"[n, {_shape.Bytes}] in the order height, width, channel")}: (byte / 255 - {_mean}) / {_deviation} of {(_shape.Channels == 1 ? "the BT.601 luma" : "red, green, blue")}. Images of another size: {_resize}.");

    public override nn.Module<Tensor, Tensor> CreateNetwork() => _convolutional
        ? new SmallConvNet(_shape.Channels, _shape.Height, _shape.Width, OutputWidth)
        : new Mlp(_shape.Bytes, [64, 64], OutputWidth);

    /// <returns>[n, channels, height, width] with channels-last strides, or [n, pixels] for the perceptron.</returns>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var pixels = _collator.Collate(rows, indices);
        return _convolutional
            ? ChannelsLast.View(pixels.view(indices.Length, _shape.Height, _shape.Width, _shape.Channels))
            : pixels;
    }

    /// <summary>Returns the images of a training step, changed as the settings say.</summary>
    public override Tensor CollateTraining(RowBuffer rows, ReadOnlySpan<int> indices, long steps) => _augmentation.Apply(Collate(rows, indices), steps);

    internal override bool MixesExamples => _augmentation.Mixes;

    /// <summary>Returns the labels, or the mixed ones (<see cref="MixedTargets"/>).</summary>
    public override Tensor CollateTrainingTargets(RowBuffer rows, ReadOnlySpan<int> indices, long steps) =>
        _augmentation.Mixes ? MixedTargets.Collate(rows, indices, _augmentation.Draw(indices.Length, steps)) : base.CollateTrainingTargets(rows, indices, steps);

    public override Tensor? TrialInput(int rows) => _convolutional
        ? ChannelsLast.View(zeros(rows, _shape.Height, _shape.Width, _shape.Channels))
        : zeros(rows, _shape.Bytes);

    /// <inheritdoc/>
    public override RowPreview View(ReadOnlySpan<byte> payload) => RowPreview.OfImage(PixelPreview.ToPng(payload, _shape));

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => (input.Kind, _resize) switch
    {
        (not (InputKind.Dense or InputKind.EncodedImage), _) =>
            new Rejection(RejectionReasons.WrongInput, $"The input must be a dense tensor or an encoded image but is {ExampleKinds.Of(input.Kind)}."),
        (_, not "none") => SizedPixels.Encode(input, _shape, _resize, _padding, _limits, rows),
        (InputKind.Dense, _) => DensePixels.Encode(input, _shape, rows),
        _ => EncodedPixels.Encode(input.Data, _shape, rows),
    };
}
