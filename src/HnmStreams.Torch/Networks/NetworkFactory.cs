using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks;

/// <summary>
/// Builds a task's network without disturbing torch's own generator, which is one for the whole process: only the
/// trainer may draw from it, or a restarted scorer would change what is learned.
/// </summary>
internal static class NetworkFactory
{
    private static readonly Lock Building = new();

    /// <summary>A network whose weights are a function of the seed alone; or those of the task's own file.</summary>
    public static nn.Module<Tensor, Tensor> Create(ILearningTask task, ulong seed)
    {
        lock (Building)
        {
            using var state = random.get_rng_state();
            using var seeded = random.manual_seed(unchecked((long)seed));
            try
            {
                return task.ModelFile is { } file ? TorchScriptModel.Load(file) : task.CreateNetwork();
            }
            finally
            {
                random.set_rng_state(state);
            }
        }
    }

    /// <summary>All that a snapshot holds: parameters and buffers by name, in the module's order.</summary>
    public static IReadOnlyList<(string Name, Tensor Tensor)> State(nn.Module network) =>
        [.. network.named_parameters().Select(p => (p.name, (Tensor)p.parameter)), .. network.named_buffers().Select(b => (b.name, b.buffer))];

    /// <summary>Copies values into the network's tensors, which keep their strides and device.</summary>
    /// <exception cref="InvalidDataException">A name is missing or unknown, or a shape differs. Nothing has been copied then.</exception>
    public static void Load(IReadOnlyList<(string Name, Tensor Tensor)> state, IReadOnlyDictionary<string, Tensor> values)
    {
        Check(state, values);
        using var guard = no_grad();
        foreach (var (name, tensor) in state)
            tensor.copy_(values[name]);
    }

    /// <summary>Whether names and shapes are those of the tensors.</summary>
    public static bool Fits(IReadOnlyList<(string Name, Tensor Tensor)> state, IReadOnlyDictionary<string, Tensor> values) =>
        values.Count == state.Count && state.All(s => values.TryGetValue(s.Name, out var value) && value.shape.AsSpan().SequenceEqual(s.Tensor.shape));

    /// <summary>Whether <see cref="Load"/> would go through.</summary>
    /// <exception cref="InvalidDataException">A name is missing or unknown, or a shape differs.</exception>
    public static void Check(IReadOnlyList<(string Name, Tensor Tensor)> state, IReadOnlyDictionary<string, Tensor> values)
    {
        foreach (var (name, tensor) in state)
        {
            if (!values.TryGetValue(name, out var value))
                throw new InvalidDataException($"The weights have no tensor '{name}'. The network has: {string.Join(", ", state.Select(s => s.Name))}.");
            if (!value.shape.AsSpan().SequenceEqual(tensor.shape))
                throw new InvalidDataException($"Tensor '{name}' has shape [{string.Join(", ", value.shape)}], the network wants [{string.Join(", ", tensor.shape)}].");
        }

        if (values.Count > state.Count)
        {
            var unknown = values.Keys.Except(state.Select(s => s.Name), StringComparer.Ordinal);
            throw new InvalidDataException($"The network has no tensor {string.Join(", ", unknown.Select(n => $"'{n}'"))}. It has: {string.Join(", ", state.Select(s => s.Name))}.");
        }
    }
}
