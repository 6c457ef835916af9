using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>An optimizer over a fixed list of parameters. One thread.</summary>
internal interface IParameterUpdate : IDisposable
{
    /// <summary>Applies one step to the parameters.</summary>
    /// <param name="gradients">The gradients, in the order of the parameters and in their memory order. Rows without a gradient stay unchanged, and so do their running averages; and so do parameters without one (<see cref="ParameterGradient.IsNone"/>).</param>
    /// <param name="scale">The factor on every gradient (clipping); 1 leaves them unchanged.</param>
    void Apply(IReadOnlyList<ParameterGradient> gradients, double learningRate, double scale);

    /// <summary>
    /// The running averages by name, not copied. They, <see cref="Steps"/> and <see cref="PublishedWeights"/> are the whole state of an optimizer.
    /// </summary>
    IEnumerable<(string Name, Tensor Tensor)> State { get; }

    /// <summary>The number of applied steps; set when a saved optimizer is restored.</summary>
    long Steps { get; set; }

    /// <summary>The weights to publish and save by parameter name, not copied; null if they are those that are trained.</summary>
    IReadOnlyDictionary<string, Tensor>? PublishedWeights => null;

    /// <summary>Starts again from weights that were loaded (into <see cref="PublishedWeights"/>, if there are any).</summary>
    void OnWeightsReplaced()
    {
    }

    /// <summary>Completes the restoring of a saved state, after all tensors were loaded.</summary>
    void OnRestored()
    {
    }
}
