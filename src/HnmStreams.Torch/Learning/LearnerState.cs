using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning;

/// <summary>The counters of a <see cref="LearnerState"/>.</summary>
/// <param name="Steps">The number of applied steps.</param>
/// <param name="Version">The last published version.</param>
/// <param name="OptimizerSteps">The optimizer's step count, for its bias correction.</param>
/// <param name="AveragedSteps">The number of steps in the running average of the weights; 0 without averaging.</param>
public readonly record struct LearnerCounters(long Steps, long RefusedSteps, long Version, long OptimizerSteps, long AveragedSteps);

/// <summary>
/// The whole state of a <see cref="Learner"/> as copies in host memory: weights, optimizer, average, cross-batch memory, the
/// learner's own generator, averages of the hardness, counters, and the state of torch's generator, of which a process has one (dropout in a user's
/// model draws from it).
/// </summary>
/// <param name="Tensors">The tensors by name with the prefix <c>weight/</c>, <c>average/</c>, <c>optimizer/</c>, <c>memory/</c>, <c>random/</c> or <c>backoff/</c>, outside of every dispose scope.</param>
/// <param name="Generator">The state of torch's generator, as torch returns it.</param>
/// <remarks>Immutable and thread-safe. The owner disposes it.</remarks>
public sealed record LearnerState(LearnerCounters Counters, IReadOnlyDictionary<string, Tensor> Tensors, ReadOnlyMemory<byte> Generator) : IDisposable
{
    internal const string WeightPrefix = "weight/";
    internal const string AveragePrefix = "average/";
    internal const string OptimizerPrefix = "optimizer/";
    internal const string MemoryPrefix = "memory/";

    /// <summary>The state of the learner's own generator, a byte tensor.</summary>
    internal const string RandomName = "random/generator";

    /// <summary>The averages of <see cref="MemorizationBackoff"/>, absent if it is off.</summary>
    internal const string BackoffName = "backoff/hardness";

    /// <summary>The weights, under the network's names.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => Of(WeightPrefix);

    /// <summary>All tensors except the weights, with their prefixes.</summary>
    public IReadOnlyDictionary<string, Tensor> Others => Tensors
        .Where(t => !t.Key.StartsWith(WeightPrefix, StringComparison.Ordinal))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>Builds a state from <see cref="Weights"/> and <see cref="Others"/>. The state takes ownership of the tensors.</summary>
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

    /// <summary>Returns the tensors of a prefix, without the prefix.</summary>
    internal IReadOnlyDictionary<string, Tensor> Of(string prefix) => Tensors
        .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
            tensor.Dispose();
    }
}
