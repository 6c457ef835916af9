using HnmStreams.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks;

/// <summary>
/// Hashed features by two ways whose outputs are added (Cheng et al., arXiv 1606.07792): deep, an embedding bag, linear,
/// ReLU, linear; and wide, a linear model on the features themselves, which learns what one word alone says at once.
/// </summary>
public sealed class WideAndDeep : nn.Module<Tensor, Tensor>
{
    private readonly HashedBag _embedding;
    private readonly Linear _hidden;
    private readonly Linear _output;
    private readonly HashedBag _wide;

    static WideAndDeep() => TorchLibrary.EnsureLoaded();

    /// <param name="buckets">Of both tables.</param>
    /// <param name="width">Of the embedding and of the hidden layer.</param>
    /// <param name="outputs">1 for one against the rest, else the number of classes.</param>
    public WideAndDeep(int buckets, int width, int outputs)
        : base(nameof(WideAndDeep))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _embedding = new HashedBag(buckets, width, deviation: 1);
        _hidden = nn.Linear(width, width);
        _output = nn.Linear(width, outputs);
        _wide = new HashedBag(buckets, outputs, deviation: 0);
        register_module("embedding", _embedding);
        register_module("hidden", _hidden);
        register_module("output", _output);
        register_module("wide", _wide);
    }

    /// <param name="input">As <see cref="HashedFeatures"/> has it, [n, longest, 2].</param>
    /// <returns>Logits, [n, outputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = HashedFeatures.Of(input);
        var deep = _output.forward(_hidden.forward(_embedding.forward(features)).relu_());
        return deep.add_(_wide.forward(features)).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _embedding.Dispose();
            _hidden.Dispose();
            _output.Dispose();
            _wide.Dispose();
        }

        base.Dispose(disposing);
    }
}
