using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Networks.Backbones;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Passes;

/// <summary>The result of a <see cref="TrainingPass"/>.</summary>
/// <param name="Outputs">The outputs of all rows, in the dispose scope of the step.</param>
/// <param name="MeanLoss">The weighted mean loss of the batch.</param>
/// <param name="Gradients">The gradient of the mean loss, in the dispose scope of the step; null if the loss is not finite.</param>
internal readonly record struct TrainingPassResult(Tensor Outputs, float MeanLoss, ParameterGradient[]? Gradients);

/// <summary>
/// The forward and backward pass of a training step. A large batch is processed in parts, so that only the activations of one part are in memory. The gradient is
/// that of the whole batch, apart from rounding. A backbone may recompute its activations (<see cref="RecomputedPass"/>).
/// </summary>
/// <remarks>
/// If the loss of a row depends on that row only, a part contributes its share of the weighted mean, and its activations are freed after its backward pass.
/// Otherwise the outputs of all parts are computed first, without activations; then the gradient of the loss with respect to them; and then each part again with
/// activations, for the gradient of its weights (gradient caching: Gao et al., arXiv 2101.06983).
/// <para>One thread.</para>
/// </remarks>
/// <param name="names">The names of the parameters of the gradients.</param>
/// <param name="rowsPerPass">The largest number of rows in one part; 0 for the whole batch.</param>
/// <param name="couplesRows">True if the loss of a row depends on other rows.</param>
/// <param name="loss">Returns the loss of each row from outputs and targets, [n].</param>
internal sealed class TrainingPass(
    nn.Module<Tensor, Tensor> network, GradientReader gradients, IReadOnlyList<string> names, int rowsPerPass, bool couplesRows, Func<Tensor, Tensor, Tensor> loss)
{
    private readonly BackboneNet? _recomputed = network is BackboneNet { RecomputesActivations: true } backbone ? backbone : null;

    /// <summary>Computes outputs, losses and gradients of a batch.</summary>
    /// <param name="scope">The dispose scope of the step, which the results belong to: the current one.</param>
    /// <param name="input">The network's input, on its device.</param>
    /// <param name="weights">The weights of the rows.</param>
    /// <param name="losses">Receives the unweighted loss of each row.</param>
    /// <param name="trained">The indices of the parameters that are trained, ascending.</param>
    public TrainingPassResult Run(DisposeScope scope, Tensor input, Tensor targets, ReadOnlySpan<float> weights, Span<float> losses, int[] trained)
    {
        var parts = BatchParts.Of(weights.Length, rowsPerPass);
        return parts.Count == 1 && _recomputed is null ? Whole(input, targets, weights, losses, trained)
            : couplesRows && parts.Count > 1 ? Cached(scope, input, targets, weights, losses, trained, parts)
            : Summed(scope, input, targets, weights, losses, trained, parts);
    }

    private TrainingPassResult Whole(Tensor input, Tensor targets, ReadOnlySpan<float> weights, Span<float> losses, int[] trained)
    {
        var outputs = network.forward(input);
        var perRow = loss(outputs, targets);
        return Mean(perRow, weights, losses) is { } mean
            ? new(outputs, mean, gradients.Of(RowWeights.Mean(weights, perRow), trained))
            : new(outputs, RowWeights.Mean(weights, losses), null);
    }

    // The rows are independent: each part has its share of the mean.
    private TrainingPassResult Summed(DisposeScope scope, Tensor input, Tensor targets, ReadOnlySpan<float> weights, Span<float> losses, int[] trained, IReadOnlyList<(int From, int Count)> parts)
    {
        var sum = new GradientSum(gradients, trained, scope);
        var shares = RowWeights.Shares(weights);
        var outputs = new List<Tensor>(parts.Count);
        foreach (var (from, count) in parts)
        {
            using var inner = NewDisposeScope();
            var pass = Start(input.narrow(0, from, count), trained);
            var leaf = pass.Outputs.detach().requires_grad_(true);
            var perRow = loss(leaf, targets.narrow(0, from, count));
            HostValues.Read(perRow, out var hostLosses);
            hostLosses.CopyTo(losses[from..]);
            var weighted = perRow.mul(tensor(shares[from..(from + count)]).to(perRow.device)).sum();
            pass.Backward(autograd.grad([weighted], [leaf])[0], sum);
            outputs.Add(inner.MoveToOther(scope, leaf.detach()));
        }

        var mean = RowWeights.Mean(weights, losses);
        return new(cat(outputs, 0), mean, float.IsFinite(mean) ? sum.Read() : null);
    }

    // The rows depend on each other in the loss only.
    private TrainingPassResult Cached(DisposeScope scope, Tensor input, Tensor targets, ReadOnlySpan<float> weights, Span<float> losses, int[] trained, IReadOnlyList<(int From, int Count)> parts)
    {
        var outputs = Outputs(input, parts);
        var leaf = outputs.detach().requires_grad_(true);
        var perRow = loss(leaf, targets);
        if (Mean(perRow, weights, losses) is not { } mean)
            return new(outputs, RowWeights.Mean(weights, losses), null);
        var outputGradient = autograd.grad([RowWeights.Mean(weights, perRow)], [leaf])[0];
        var sum = new GradientSum(gradients, trained, scope);
        foreach (var (from, count) in parts)
        {
            using var inner = NewDisposeScope();
            Start(input.narrow(0, from, count), trained).Backward(outputGradient.narrow(0, from, count), sum);
        }

        return new(outputs, mean, sum.Read());
    }

    private PartPass Start(Tensor input, int[] trained) => _recomputed is null ? new GraphPass(network, input, trained) : new RecomputedPass(_recomputed, input, names, trained);

    private Tensor Outputs(Tensor input, IReadOnlyList<(int From, int Count)> parts)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(cat([.. parts.Select(part => network.forward(input.narrow(0, part.From, part.Count)))], 0));
    }

    // Copies the losses. Returns null if their mean is not finite.
    private static float? Mean(Tensor perRow, ReadOnlySpan<float> weights, Span<float> losses)
    {
        HostValues.Read(perRow, out var hostLosses);
        hostLosses.CopyTo(losses);
        var mean = RowWeights.Mean(weights, losses);
        return float.IsFinite(mean) ? mean : null;
    }
}
