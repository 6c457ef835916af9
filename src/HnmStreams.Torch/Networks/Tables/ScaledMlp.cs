using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Tables;

/// <summary>A perceptron and a linear model, both on the numbers as <see cref="RunningScale"/> returns them; their outputs are added.</summary>
public sealed class ScaledMlp : nn.Module<Tensor, Tensor>, IEmbeddingNetwork
{
    private readonly int _features;
    private readonly RunningScale _scale;
    private readonly Mlp _deep;
    private readonly Linear _wide;

    static ScaledMlp() => TorchLibrary.EnsureLoaded();

    /// <param name="hidden">The widths of the hidden layers; empty makes a linear model.</param>
    public ScaledMlp(int features, IReadOnlyList<int> hidden, int outputs)
        : base(nameof(ScaledMlp))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        _features = features;
        _scale = new RunningScale(features);
        _deep = new Mlp(2 * features, hidden, outputs);
        _wide = nn.Linear(2 * features, outputs, hasBias: false);
        register_module("scale", _scale);
        register_module("deep", _deep);
        register_module("wide", _wide);
        using (no_grad())
            _wide.weight!.zero_();
    }

    /// <summary>The width of the last hidden layer, or the number of scaled values without one.</summary>
    public int EmbeddingWidth => _deep.EmbeddingWidth;

    /// <param name="input">[n, features].</param>
    /// <returns>Logits, [n, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var scaled = Scaled(input);
        return _deep.forward(scaled).add_(_wide.forward(scaled), Constants.One).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Embed(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _deep.Embed(Scaled(input)).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _scale.Dispose();
            _deep.Dispose();
            _wide.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor Scaled(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var rows = input.shape[0];
        var columns = arange(Constants.Zero, Constants.Of(_features), Constants.One, ScalarType.Int64, input.device).repeat(rows);
        return _scale.forward(input.reshape(-1), columns).view(rows, 2 * _features);
    }
}
