using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>An optimizer over a fixed list of parameters. One thread.</summary>
internal interface IParameterUpdate : IDisposable
{
    /// <summary>Applies one step to the parameters.</summary>
    /// <param name="gradients">The gradients, in the order of the parameters and in their memory order. Rows without a gradient stay unchanged, and so do their running averages.</param>
    /// <param name="scale">The factor on every gradient (clipping); 1 leaves them unchanged.</param>
    void Apply(IReadOnlyList<ParameterGradient> gradients, double learningRate, double scale);

    /// <summary>The running averages by name, not copied. They and <see cref="Steps"/> are the whole state of an optimizer.</summary>
    IEnumerable<(string Name, Tensor Tensor)> State { get; }

    /// <summary>The number of applied steps; set when a saved optimizer is restored.</summary>
    long Steps { get; set; }
}
