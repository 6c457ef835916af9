using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>
/// Batch normalization by the mean and variance of a pretrained network, in training too. Weight and bias are trained. A mined batch is not distributed like
/// the stream, so that its own statistics would not fit the examples that are scored.
/// </summary>
internal sealed class FixedBatchNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;

    private readonly Parameter _weight;
    private readonly Parameter _bias;

    public FixedBatchNorm(int width)
        : base(nameof(FixedBatchNorm))
    {
        (_weight, _bias) = (new Parameter(ones(width)), new Parameter(zeros(width)));
        register_parameter("weight", _weight);
        register_parameter("bias", _bias);
        register_buffer("running_mean", zeros(width));
        register_buffer("running_var", ones(width));
        // Part of published files; not used.
        register_buffer("num_batches_tracked", zeros([], ScalarType.Int64));
    }

    public override Tensor forward(Tensor input) => F.batch_norm(
        input, get_buffer("running_mean"), get_buffer("running_var"), get_parameter("weight"), get_parameter("bias"), training: false, eps: Epsilon);
}
