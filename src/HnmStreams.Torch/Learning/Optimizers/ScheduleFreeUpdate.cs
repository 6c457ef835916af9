using System.Runtime.InteropServices;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>
/// Schedule-free AdamW (Defazio et al., arXiv 2405.15682, algorithm 1). It replaces the decay of the learning rate by an average: the network is
/// trained at y = (1 - beta1) z + beta1 x, where z takes the steps and x is the average of all z, weighted by the squared learning rates (this is
/// how the steps of the warm-up count little). x is published and saved; y follows from x and z, so that it is not part of the state.
/// <para>
/// The average of the paper is over the whole run and follows a changed stream ever more slowly. A floor of the newest step's share makes it an
/// exponential average, which follows.
/// </para>
/// <para>
/// A row of a table is averaged over the steps that touch it, and its bias correction counts these steps. With the counts of the whole run, the first
/// step of a rare word would be up to 32 learning rates long and its average would hardly move.
/// </para>
/// </summary>
/// <remarks>Running statistics of batch normalization are those at y, not at x (section 4.2 of the paper). y is close to x: beta1 is 0.9.</remarks>
internal sealed class ScheduleFreeUpdate : IParameterUpdate
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Parameter[] _parameters;
    private readonly double _decay;
    private readonly double _minShare;
    private readonly bool _vectorized;
    // One element: the sum of the squared learning rates. A tensor, so that it is saved with the others.
    private readonly Tensor _weightSum;

    /// <param name="weightDecay">The decoupled weight decay, at y.</param>
    /// <param name="minShare">The smallest share of the newest step in the average, 0 to 1; 0 is the paper's average.</param>
    /// <param name="vectorized">True computes in host memory; only for parameters on the CPU.</param>
    public ScheduleFreeUpdate(IReadOnlyList<(string Name, Tensor Tensor)> parameters, double weightDecay, double minShare, bool vectorized)
    {
        (_decay, _minShare, _vectorized) = (weightDecay, minShare, vectorized);
        using var scope = NewDisposeScope();
        _weightSum = zeros(1, float64).DetachFromDisposeScope();
        _parameters = [.. parameters.Select(p => new Parameter(p.Name, p.Tensor))];
        PublishedWeights = _parameters.ToDictionary(p => p.Name, p => p.Average.Tensor, StringComparer.Ordinal);
    }

    public long Steps { get; set; }

    public IEnumerable<(string Name, Tensor Tensor)> State =>
        [.. _parameters.SelectMany(p => p.State), ("weightSum", _weightSum)];

    public IReadOnlyDictionary<string, Tensor> PublishedWeights { get; }

    // Not Tensor.item: it would create a native object per step.
    private Span<double> WeightSum => MemoryMarshal.Cast<byte, double>(_weightSum.bytes);

    public void Apply(IReadOnlyList<ParameterGradient> gradients, double learningRate, double scale)
    {
        Steps++;
        var weight = learningRate * learningRate;
        var share = Share(weight, WeightSum[0] += weight);
        var root = Root(Steps);
        var constants = new ScheduleFreeConstants((float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2), (float)Epsilon, (float)(learningRate * _decay), (float)scale, (float)learningRate);
        for (var i = 0; i < _parameters.Length; i++)
        {
            var p = _parameters[i];
            if (gradients[i].Rows is { } rows)
                ApplyToRows(p, rows, constants, weight);
            else if (_vectorized)
                ScheduleFreeSpans.Step(p.Weight.Values, gradients[i].Dense.Values, p.Fast.Values, p.Square.Values, p.Average.Values, constants, (float)root, (float)share);
            else
                ApplyByTensors(p, gradients[i].Dense.Flat, learningRate, root, share, scale);
        }
    }

    /// <summary>Starts again from published weights that were replaced: z = y = x, and a new average.</summary>
    public void OnWeightsReplaced()
    {
        using var guard = no_grad();
        WeightSum[0] = 0;
        foreach (var p in _parameters)
        {
            p.Fast.Flat.copy_(p.Average.Flat);
            p.Weight.Flat.copy_(p.Average.Flat);
            p.RowWeights?.Flat.zero_();
        }
    }

    /// <summary>Computes y from the restored x and z, by the operations of a step, so that it has the same bits.</summary>
    public void OnRestored()
    {
        foreach (var p in _parameters)
        {
            if (_vectorized)
                ScheduleFreeSpans.Interpolate(p.Average.Values, p.Fast.Values, p.Weight.Values, (float)(1 - Beta1));
            else
                Interpolate(p);
        }
    }

    public void Dispose()
    {
        _weightSum.Dispose();
        foreach (var p in _parameters)
            p.Dispose();
    }

    private double Share(double weight, double sum) => sum > 0 ? Math.Max(_minShare, weight / sum) : 1;

    private static double Root(double steps) => 1 / Math.Sqrt(1 - Math.Pow(Beta2, steps));

    private void ApplyToRows(Parameter p, RowGradient rows, in ScheduleFreeConstants constants, double weight)
    {
        var touched = rows.Touched;
        var width = rows.Width;
        var steps = p.RowSteps!.Value.Values;
        var sums = p.RowWeights!.Value.Values;
        for (var i = 0; i < touched.Length; i++)
        {
            var row = touched[i];
            steps[row]++;
            sums[row] += (float)weight;
            var from = row * width;
            ScheduleFreeSpans.Step(
                p.Weight.Values.Slice(from, width), rows.Values.Slice(i * width, width), p.Fast.Values.Slice(from, width), p.Square.Values.Slice(from, width),
                p.Average.Values.Slice(from, width), constants, (float)Root(steps[row]), (float)Share(weight, sums[row]));
        }
    }

    private void ApplyByTensors(Parameter p, Tensor gradient, double rate, double root, double share, double scale)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var clipping = Constants.Once(scale);
        using var correction = Constants.Once(root);
        using var step = Constants.Once(-rate);
        using var decay = Constants.Once(-rate * _decay);
        using var newest = Constants.Once(share);
        var scaled = gradient.mul(clipping);
        p.Square.Flat.mul_(Constants.Of(Beta2)).addcmul_(scaled, scaled, value: Constants.Of(1 - Beta2));
        p.Fast.Flat.add_(p.Weight.Flat, alpha: decay).addcdiv_(scaled, p.Square.Flat.sqrt().mul_(correction).add_(Constants.Of(Epsilon), Constants.One), value: step);
        p.Average.Flat.add_(p.Fast.Flat.sub(p.Average.Flat), alpha: newest);
        Interpolate(p);
        // The counts per row of a table, in case that the state is restored on the CPU, where gradients are by rows.
        if (p.RowSteps is not { } rowSteps)
            return;
        using var weight = Constants.Once(rate * rate);
        rowSteps.Flat.add_(Constants.One, Constants.One);
        p.RowWeights!.Value.Flat.add_(weight, Constants.One);
    }

    private static void Interpolate(Parameter p)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        p.Weight.Flat.copy_(p.Average.Flat).add_(p.Fast.Flat.sub(p.Average.Flat), alpha: Constants.Of(1 - Beta1));
    }

    /// <summary>The tensors of one parameter: y (the network's), x (the average), z (fast), the mean of the squared gradients, and the counts per row.</summary>
    private sealed class Parameter : IDisposable
    {
        public Parameter(string name, Tensor tensor)
        {
            using var guard = no_grad();
            Name = name;
            Weight = PersistentTensor.Of(tensor.detach());
            Average = PersistentTensor.ZerosLike(tensor);
            Fast = PersistentTensor.ZerosLike(tensor);
            Square = PersistentTensor.ZerosLike(tensor);
            Average.Tensor.copy_(tensor);
            Fast.Tensor.copy_(tensor);
            if (tensor.dim() != 2)
                return;
            RowSteps = PersistentTensor.Of(zeros(tensor.shape[0], float32, tensor.device));
            RowWeights = PersistentTensor.Of(zeros(tensor.shape[0], float32, tensor.device));
        }

        public string Name { get; }

        public DenseTensor Weight { get; }

        public DenseTensor Average { get; }

        public DenseTensor Fast { get; }

        public DenseTensor Square { get; }

        /// <summary>The steps that touched each row; null if the parameter cannot be a table.</summary>
        public DenseTensor? RowSteps { get; }

        /// <summary>The sum of the squared learning rates of these steps.</summary>
        public DenseTensor? RowWeights { get; }

        // Without the average, which is saved as the weight.
        public IEnumerable<(string Name, Tensor Tensor)> State
        {
            get
            {
                yield return (Name + ".fast", Fast.Tensor);
                yield return (Name + ".square", Square.Tensor);
                if (RowSteps is not { } steps)
                    yield break;
                yield return (Name + ".rowSteps", steps.Tensor);
                yield return (Name + ".rowWeights", RowWeights!.Value.Tensor);
            }
        }

        public void Dispose()
        {
            foreach (var dense in (DenseTensor?[])[Weight, Average, Fast, Square, RowSteps, RowWeights])
            {
                if (dense is { } tensor)
                    PersistentTensor.Dispose(tensor);
            }
        }
    }
}
