using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>The tensors of a safetensors file as float32, under names that start at a known one: prefixes such as <c>bert.</c> are removed.</summary>
/// <remarks>The tensors are outside of every dispose scope and belong to this object. Their finalizers free them.</remarks>
internal sealed class BackboneTensors
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    /// <param name="path">The file.</param>
    /// <param name="firsts">The names of which one tells the architecture.</param>
    /// <exception cref="InvalidDataException">The file is not a safetensors file, or no tensor has one of the names.</exception>
    public BackboneTensors(string path, params IReadOnlyList<string> firsts)
    {
        var tensors = SafetensorsFile.Read(path);
        try
        {
            var (first, prefix) = Find(tensors.Keys, firsts);
            First = first;
            using var guard = no_grad();
            foreach (var (name, tensor) in tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)))
                _tensors[Current(name[prefix.Length..])] = tensor.is_floating_point() ? tensor.to(ScalarType.Float32).clone().DetachFromDisposeScope() : tensor.clone().DetachFromDisposeScope();
            FiniteWeights.Check(_tensors);
        }
        finally
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }
    }

    /// <summary>The name among the known ones that the file has.</summary>
    public string First { get; }

    /// <summary>Returns true if there is a tensor of this name.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>Returns the shape of a tensor.</summary>
    /// <exception cref="InvalidDataException">There is no such tensor, or it has another number of dimensions.</exception>
    public long[] Shape(string name, int dimensions) =>
        !_tensors.TryGetValue(name, out var tensor) ? throw new InvalidDataException($"The file must have the tensor '{name}' but does not.")
        : tensor.shape.Length != dimensions ? throw new InvalidDataException($"The tensor '{name}' must have {dimensions} dimensions but has the shape [{string.Join(", ", tensor.shape)}].")
        : tensor.shape;

    /// <summary>Returns the number of consecutive parts, counted from 0, for which there is a tensor.</summary>
    /// <param name="name">Returns the name of the tensor of a part.</param>
    public int Count(Func<int, string> name)
    {
        var count = 0;
        while (Has(name(count)))
            count++;
        return count;
    }

    /// <summary>Copies the tensors into a network. Tensors of the file that the network does not have, such as a classifier, are ignored.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public void CopyTo(nn.Module network)
    {
        using var guard = no_grad();
        foreach (var (name, tensor) in NetworkFactory.State(network))
        {
            // A counter that files may leave out, and that nothing reads.
            if (!Has(name) && tensor.dim() == 0)
                continue;
            var shape = Shape(name, tensor.shape.Length);
            if (!shape.AsSpan().SequenceEqual(tensor.shape))
                throw new InvalidDataException($"The tensor '{name}' must have the shape [{string.Join(", ", tensor.shape)}] but has [{string.Join(", ", shape)}].");
            tensor.copy_(_tensors[name]);
        }
    }

    private static (string First, string Prefix) Find(IEnumerable<string> names, IReadOnlyList<string> firsts)
    {
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            foreach (var first in firsts)
            {
                if (string.Equals(name, first, StringComparison.Ordinal) || name.EndsWith($".{first}", StringComparison.Ordinal))
                    return (first, name[..^first.Length]);
            }
        }

        throw new InvalidDataException($"The file must have a tensor {string.Join(" (BERT) or ", firsts)} (ResNet) but has: {string.Join(", ", names.Order(StringComparer.Ordinal).Take(10))}.");
    }

    // Files of the first BERT have the names of TensorFlow.
    private static string Current(string name) => name.EndsWith("LayerNorm.gamma", StringComparison.Ordinal) ? $"{name[..^"gamma".Length]}weight"
        : name.EndsWith("LayerNorm.beta", StringComparison.Ordinal) ? $"{name[..^"beta".Length]}bias"
        : name;
}
