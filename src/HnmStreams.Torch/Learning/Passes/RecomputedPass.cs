using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Networks.Backbones;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Passes;

/// <summary>
/// A pass that keeps the inputs of the layers only. The backward pass computes the activations of one layer at a time again (Chen et al., arXiv 1604.06174), so that
/// those of one layer are in memory. Layers below the first one with a trained parameter run once.
/// </summary>
internal sealed class RecomputedPass : PartPass
{
    private readonly IReadOnlyList<NetworkLayer> _layers;
    private readonly int[][] _parameters;
    private readonly int _first;
    private readonly Tensor[] _inputs;

    /// <param name="names">The names of the parameters.</param>
    /// <param name="trained">The indices of the parameters that are trained.</param>
    public RecomputedPass(BackboneNet network, Tensor input, IReadOnlyList<string> names, int[] trained)
    {
        _layers = network.Layers(input);
        _parameters = [.. _layers.Select(layer => trained.Where(i => layer.Has(names[i])).ToArray())];
        _first = Array.FindIndex(_parameters, static indices => indices.Length > 0);
        _inputs = new Tensor[_layers.Count];
        using var guard = no_grad();
        var x = input;
        for (var i = 0; i < _layers.Count; i++)
        {
            _inputs[i] = x;
            x = _layers[i].Forward(x);
            // The first input belongs to the caller.
            if (i > 1 && i <= _first)
                _inputs[i - 1].Dispose();
        }

        Outputs = x;
    }

    public override Tensor Outputs { get; }

    public override void Backward(Tensor outputGradient, GradientSum sum)
    {
        var gradient = outputGradient;
        for (var i = _layers.Count - 1; i >= _first; i--)
        {
            using var scope = NewDisposeScope();
            var leaf = i == _first ? null : _inputs[i].detach().requires_grad_(true);
            var next = sum.Add(_layers[i].Forward(leaf ?? _inputs[i]), gradient, _parameters[i], leaf);
            if (next is null)
                return;
            scope.MoveToOuter(next);
            _inputs[i].Dispose();
            if (!ReferenceEquals(gradient, outputGradient))
                gradient.Dispose();
            gradient = next;
        }
    }
}
