using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>The numbers beside the tensors of a <see cref="LearnerState"/>.</summary>
/// <param name="Steps">Steps applied.</param>
/// <param name="Version">The version last published.</param>
/// <param name="OptimizerSteps">What the optimizer has counted, for its bias correction.</param>
/// <param name="AveragedSteps">Steps in the running average of the weights; 0 where none is kept.</param>
public readonly record struct LearnerCounters(long Steps, long RefusedSteps, long Version, long OptimizerSteps, long AveragedSteps);

/// <summary>
/// All that a <see cref="Learner"/> remembers, as copies in host memory: weights, optimizer, their average, the cross-batch memory, counters,
/// and torch's own generator, which is one for the process and drawn from by the trainer only.
/// </summary>
/// <param name="Tensors">By name, behind <c>weight/</c>, <c>average/</c>, <c>optimizer/</c> or <c>memory/</c>; outside of every dispose scope.</param>
/// <param name="Generator">Torch's state, as torch gives it.</param>
/// <remarks>Immutable; any thread. The owner disposes it.</remarks>
public sealed record LearnerState(LearnerCounters Counters, IReadOnlyDictionary<string, Tensor> Tensors, ReadOnlyMemory<byte> Generator) : IDisposable
{
    internal const string WeightPrefix = "weight/";
    internal const string AveragePrefix = "average/";
    internal const string OptimizerPrefix = "optimizer/";
    internal const string MemoryPrefix = "memory/";

    /// <summary>The weights, under the names of the network.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => Of(WeightPrefix);

    /// <summary>Everything but the weights, under the names that it has here.</summary>
    public IReadOnlyDictionary<string, Tensor> Others => Tensors
        .Where(t => !t.Key.StartsWith(WeightPrefix, StringComparison.Ordinal))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>Puts together what <see cref="Weights"/> and <see cref="Others"/> took apart; the tensors' ownership passes to the state.</summary>
    public static LearnerState Of(
        LearnerCounters counters, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, Tensor> others, ReadOnlyMemory<byte> generator)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(others);
        var tensors = others.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, tensor) in weights)
            tensors.Add(WeightPrefix + name, tensor);
        return new LearnerState(counters, tensors, generator);
    }

    /// <summary>Those behind a prefix, without it.</summary>
    internal IReadOnlyDictionary<string, Tensor> Of(string prefix) => Tensors
        .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
            tensor.Dispose();
    }
}
