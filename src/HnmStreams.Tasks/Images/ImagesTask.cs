using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch.Networks.Images;
using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Images;

/// <summary>
/// Classification of small images of one size: one class against the rest, or several classes. A row holds the
/// pixels as bytes with the channels of a pixel adjacent, the order that suits convolutions.
/// </summary>
public sealed class ImagesTask : LabeledTask
{
    private readonly ImageShape _shape;
    private readonly PixelCollator _collator;
    private readonly bool _convolutional;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public ImagesTask(ImagesOptions options)
        : base("images", options)
    {
        _shape = new ImageShape(options.Height, options.Width, options.Channels);
        _collator = new PixelCollator(_shape.Bytes, options.Mean, options.Deviation);
        _convolutional = string.Equals(options.Network, "convolutional", StringComparison.Ordinal);
    }

    /// <summary>The activations of 64 images of 28x28 pixels after the first convolution take 3 MB, which fits a cache.</summary>
    public override int RowsPerPass => _convolutional ? Math.Clamp(64 * 28 * 28 / (_shape.Height * _shape.Width), 4, 1024) : 4096;

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

    public override Tensor? TrialInput(int rows) => _convolutional
        ? ChannelsLast.View(zeros(rows, _shape.Height, _shape.Width, _shape.Channels))
        : zeros(rows, _shape.Bytes);

    /// <inheritdoc/>
    public override RowPreview View(ReadOnlySpan<byte> payload) => RowPreview.OfImage(PixelPreview.ToPng(payload, _shape));

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => input.Kind switch
    {
        InputKind.Dense => DensePixels.Encode(input, _shape, rows),
        InputKind.EncodedImage => EncodedPixels.Encode(input.Data, _shape, rows),
        _ => new Rejection(RejectionReasons.WrongInput, $"The input must be a dense tensor or an encoded image but is {ExampleKinds.Of(input.Kind)}."),
    };
}
