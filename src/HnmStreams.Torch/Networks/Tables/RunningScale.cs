using HnmStreams.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Tables;

/// <summary>
/// Standardization by the data trained on so far: mean and variance of each column, merged batch by batch (Chan,
/// Golub and LeVeque 1983, after Welford 1962). A number x becomes two values: (x - mean) / deviation, clipped to
/// [-10, 10], and, for columns with a long tail, sign(x) log(1 + |x| / typical), where typical is the geometric mean
/// of the nonzero absolute values. The moments are buffers, so they are part of every snapshot and checkpoint.
/// Scoring does not change them.
/// </summary>
public sealed class RunningScale : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>
    /// The largest count of a column. From then on its moments are a running average over this many numbers, so they
    /// follow the stream.
    /// </summary>
    internal const float MaxCount = 1 << 20;

    private static readonly Scalar MaxStandard = Constants.Of(10.0), MinStandard = Constants.Of(-10.0);

    // Squares of larger numbers exceed the range of float32.
    private static readonly Scalar MaxInput = Constants.Of(1e15), MinInput = Constants.Of(-1e15);
    private static readonly Scalar MinMagnitude = Constants.Of(1e-30), MinDeviationShare = Constants.Of(1e-5), MinDeviation = Constants.Of(1e-12), CountLimit = Constants.Of((double)MaxCount);

    private readonly Tensor _count, _mean, _variance, _logCount, _logMean;

    static RunningScale() => TorchLibrary.EnsureLoaded();

    public RunningScale(int columns)
        : base(nameof(RunningScale))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        (_count, _mean, _variance, _logCount, _logMean) = (zeros(columns), zeros(columns), ones(columns), zeros(columns), zeros(columns));
        register_buffer("count", _count);
        register_buffer("mean", _mean);
        register_buffer("variance", _variance);
        register_buffer("log_count", _logCount);
        register_buffer("log_mean", _logMean);
    }

    /// <summary>Returns the scaled numbers. In training mode, adds the numbers to the moments first. O(numbers + columns).</summary>
    /// <param name="input">float32, [m], finite.</param>
    /// <param name="columns">int64, [m]: the column of each number.</param>
    /// <returns>[m, 2]; no gradient flows through it.</returns>
    public override Tensor forward(Tensor input, Tensor columns)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var x = input.clamp(MinInput, MaxInput);
        var magnitude = x.abs();
        if (training)
        {
            AddToMoments(x, columns, ones_like(x), _count, _mean, _variance);
            // 0 has no logarithm, and in sparse columns it does not tell the typical magnitude.
            AddToMoments(magnitude.clamp_min(MinMagnitude).log_(), columns, magnitude.gt(Constants.Zero).to(float32), _logCount, _logMean, variance: null);
        }

        var mean = _mean.index_select(0, columns);
        // A constant column has no deviation: without a lower bound, rounding errors would become large values.
        var deviation = maximum(_variance.index_select(0, columns).sqrt_(), mean.abs().mul_(MinDeviationShare).add_(MinDeviation, Constants.One));
        var standard = (x - mean).div_(deviation).clamp_(MinStandard, MaxStandard);
        var typical = _logMean.index_select(0, columns).exp_();
        var log = magnitude.div_(typical).log1p_().mul_(x.sign());
        return stack([standard, log], 1).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var buffer in new[] { _count, _mean, _variance, _logCount, _logMean })
                buffer.Dispose();
        }

        base.Dispose(disposing);
    }

    private static void AddToMoments(Tensor x, Tensor columns, Tensor included, Tensor count, Tensor mean, Tensor? variance)
    {
        var added = zeros_like(count).index_add_(0, columns, included, Constants.One);
        var total = count.add(added, Constants.One);
        var safe = total.clamp_min(Constants.One);
        var batchMean = zeros_like(count).index_add_(0, columns, x * included, Constants.One).div_(added.clamp_min(Constants.One));
        var difference = (batchMean - mean).mul_(added.gt(Constants.Zero));
        if (variance is not null)
        {
            var centered = (x - batchMean.index_select(0, columns)).pow(Constants.Two).mul_(included);
            var squares = zeros_like(count).index_add_(0, columns, centered, Constants.One).add_(difference.pow(Constants.Two).mul_(count).mul_(added).div_(safe), Constants.One);
            // Columns without new numbers keep their variance.
            variance.copy_(where(added.gt(Constants.Zero), (variance * count).add_(squares, Constants.One).div_(safe), variance));
        }

        mean.add_(difference.mul_(added).div_(safe), Constants.One);
        count.copy_(total.clamp_max(CountLimit));
    }
}
