using HnmStreams.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Tables;

/// <summary>
/// Standardisation by what has been trained on so far: mean and variance of each column, merged batch by batch (Chan,
/// Golub and LeVeque 1983, after Welford 1962). A number becomes two: (x - mean) / deviation, cut at 10, and for columns
/// with a long tail sign(x) log(1 + |x| / typical), where typical is the geometric mean of what is not 0. The moments are
/// buffers, so they are part of every snapshot and checkpoint; scoring changes nothing.
/// </summary>
public sealed class RunningScale : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Numbers after which a column's moments follow the stream, as a running average over so many.</summary>
    internal const float Most = 1 << 20;

    private static readonly Scalar Cut = Constants.Of(10.0), LeastCut = Constants.Of(-10.0);

    // Squares of what is larger leave the range of floats.
    private static readonly Scalar Largest = Constants.Of(1e15), Smallest = Constants.Of(-1e15);
    private static readonly Scalar LeastSize = Constants.Of(1e-30), LeastShare = Constants.Of(1e-5), Least = Constants.Of(1e-12), Kept = Constants.Of((double)Most);

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

    /// <summary>Takes the numbers in first, where the module is in training. O(numbers + columns).</summary>
    /// <param name="input">float32, [m], finite.</param>
    /// <param name="columns">int64, [m]: the column of each.</param>
    /// <returns>[m, 2]; no gradient flows through it.</returns>
    public override Tensor forward(Tensor input, Tensor columns)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var x = input.clamp(Smallest, Largest);
        var size = x.abs();
        if (training)
        {
            TakeIn(x, columns, ones_like(x), _count, _mean, _variance);
            // 0 has no logarithm, and in sparse columns it says nothing of what is typical.
            TakeIn(size.clamp_min(LeastSize).log_(), columns, size.gt(Constants.Zero).to(float32), _logCount, _logMean, variance: null);
        }

        var mean = _mean.index_select(0, columns);
        // A column that never changed has no deviation: rounding must not look like news.
        var deviation = maximum(_variance.index_select(0, columns).sqrt_(), mean.abs().mul_(LeastShare).add_(Least, Constants.One));
        var standard = (x - mean).div_(deviation).clamp_(LeastCut, Cut);
        var typical = _logMean.index_select(0, columns).exp_();
        var log = size.div_(typical).log1p_().mul_(x.sign());
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

    private static void TakeIn(Tensor x, Tensor columns, Tensor taken, Tensor count, Tensor mean, Tensor? variance)
    {
        var added = zeros_like(count).index_add_(0, columns, taken, Constants.One);
        var total = count.add(added, Constants.One);
        var safe = total.clamp_min(Constants.One);
        var batchMean = zeros_like(count).index_add_(0, columns, x * taken, Constants.One).div_(added.clamp_min(Constants.One));
        var apart = (batchMean - mean).mul_(added.gt(Constants.Zero));
        if (variance is not null)
        {
            var centred = (x - batchMean.index_select(0, columns)).pow(Constants.Two).mul_(taken);
            var squares = zeros_like(count).index_add_(0, columns, centred, Constants.One).add_(apart.pow(Constants.Two).mul_(count).mul_(added).div_(safe), Constants.One);
            // As it was, where nothing was added.
            variance.copy_(where(added.gt(Constants.Zero), (variance * count).add_(squares, Constants.One).div_(safe), variance));
        }

        mean.add_(apart.mul_(added).div_(safe), Constants.One);
        count.copy_(total.clamp_max(Kept));
    }
}
