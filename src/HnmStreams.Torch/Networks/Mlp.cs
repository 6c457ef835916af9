using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks;

/// <summary>Linear layers with ReLU between them: features -> hidden[0] -> … -> outputs.</summary>
public sealed class Mlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear[] _layers;

    static Mlp() => TorchLibrary.EnsureLoaded();

    /// <param name="hidden">Widths of the hidden layers; empty is a linear model.</param>
    public Mlp(int features, IReadOnlyList<int> hidden, int outputs)
        : base(nameof(Mlp))
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _layers = new Linear[hidden.Count + 1];
        var width = features;
        for (var i = 0; i < _layers.Length; i++)
        {
            var next = i < hidden.Count ? hidden[i] : outputs;
            _layers[i] = nn.Linear(width, next);
            register_module($"layer{i}", _layers[i]);
            width = next;
        }
    }

    /// <param name="input">[n, features].</param>
    /// <returns>Logits, [n, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _layers[0].forward(input);
        for (var i = 1; i < _layers.Length; i++)
            x = _layers[i].forward(x.relu_());
        return x.MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var layer in _layers)
                layer.Dispose();
        }

        base.Dispose(disposing);
    }
}
