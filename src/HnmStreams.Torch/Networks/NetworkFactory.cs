using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks;

/// <summary>
/// A factory of a task's network that leaves torch's generator unchanged. The generator belongs to the process, and
/// only the trainer may draw from it: otherwise a restarted scorer would change what is learned.
/// </summary>
internal static class NetworkFactory
{
    private static readonly Lock Building = new();

    /// <summary>Creates a network whose weights depend on the seed only, or loads the one of the task's model file.</summary>
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

    /// <summary>Returns the tensors of a snapshot: parameters and buffers by name, in the module's order.</summary>
    public static IReadOnlyList<(string Name, Tensor Tensor)> State(nn.Module network) =>
        [.. network.named_parameters().Select(p => (p.name, (Tensor)p.parameter)), .. network.named_buffers().Select(b => (b.name, b.buffer))];

    /// <summary>Returns the names and shapes of tensors as text.</summary>
    public static string SignatureOf(IReadOnlyList<(string Name, Tensor Tensor)> state) => string.Join(", ", state.Select(s => $"{s.Name}[{string.Join('x', s.Tensor.shape)}]"));

    /// <summary>Copies values into the network's tensors, which keep their strides and device.</summary>
    /// <exception cref="InvalidDataException">A name is missing or unknown, or a shape differs. Nothing has been copied then.</exception>
    public static void Load(IReadOnlyList<(string Name, Tensor Tensor)> state, IReadOnlyDictionary<string, Tensor> values)
    {
        Check(state, values);
        using var guard = no_grad();
        foreach (var (name, tensor) in state)
            tensor.copy_(values[name]);
    }

    /// <summary>Returns true if names and shapes are those of the tensors.</summary>
    public static bool Fits(IReadOnlyList<(string Name, Tensor Tensor)> state, IReadOnlyDictionary<string, Tensor> values) =>
        values.Count == state.Count && state.All(s => values.TryGetValue(s.Name, out var value) && value.shape.AsSpan().SequenceEqual(s.Tensor.shape));

    /// <summary>Checks that <see cref="Load"/> would succeed.</summary>
    /// <exception cref="InvalidDataException">A name is missing or unknown, or a shape differs.</exception>
    public static void Check(IReadOnlyList<(string Name, Tensor Tensor)> state, IReadOnlyDictionary<string, Tensor> values)
    {
        foreach (var (name, tensor) in state)
        {
            if (!values.TryGetValue(name, out var value))
                throw new InvalidDataException($"The weights have no tensor '{name}'. The network has: {string.Join(", ", state.Select(s => s.Name))}.");
            if (!value.shape.AsSpan().SequenceEqual(tensor.shape))
                throw new InvalidDataException($"Tensor '{name}' must have the shape [{string.Join(", ", tensor.shape)}] but has [{string.Join(", ", value.shape)}].");
        }

        if (values.Count > state.Count)
        {
            var unknown = values.Keys.Except(state.Select(s => s.Name), StringComparer.Ordinal);
            throw new InvalidDataException($"The network has no tensor {string.Join(", ", unknown.Select(n => $"'{n}'"))}. It has: {string.Join(", ", state.Select(s => s.Name))}.");
        }
    }
}
