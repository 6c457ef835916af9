using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Tables;

/// <summary>A multilayer perceptron: linear layers with ReLU between them, features -> hidden[0] -> … -> outputs.</summary>
public sealed class Mlp : nn.Module<Tensor, Tensor>, IEmbeddingNetwork
{
    private readonly Linear[] _layers;

    static Mlp() => TorchLibrary.EnsureLoaded();

    /// <param name="hidden">The widths of the hidden layers; empty makes a linear model.</param>
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
            (EmbeddingWidth, width) = (width, next);
        }
    }

    /// <summary>Sets the weights and the bias of the last layer to 0.</summary>
    internal void ClearLast()
    {
        using var guard = no_grad();
        _layers[^1].weight!.zero_();
        _layers[^1].bias!.zero_();
    }

    /// <summary>The width of the last hidden layer, or the number of features without one.</summary>
    public int EmbeddingWidth { get; }

    /// <param name="input">[n, features].</param>
    /// <returns>Logits, [n, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _layers[^1].forward(Hidden(input)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Embed(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        var x = Hidden(input);
        return (_layers.Length == 1 ? x.clone() : x).MoveToOuterDisposeScope();
    }

    // Returns the input itself if there is no hidden layer.
    private Tensor Hidden(Tensor input)
    {
        var x = input;
        foreach (var layer in _layers.AsSpan(0, _layers.Length - 1))
            x = layer.forward(x).relu_();
        return x;
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
