using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>One optimizer over a fixed list of parameters. One thread.</summary>
internal interface IParameterUpdate : IDisposable
{
    /// <summary>Changes the parameters by one step.</summary>
    /// <param name="gradients">In the order of the parameters; memory order as theirs. Rows that none names stay as they are, and so do their running averages.</param>
    /// <param name="scale">Factor on every gradient (clipping); 1 leaves them.</param>
    void Apply(IReadOnlyList<ParameterGradient> gradients, double learningRate, double scale);

    /// <summary>Running averages by name, live: what a saved optimizer consists of, beside <see cref="Steps"/>.</summary>
    IEnumerable<(string Name, Tensor Tensor)> State { get; }

    /// <summary>Applied so far; set where a saved optimizer is restored.</summary>
    long Steps { get; set; }
}
