using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch;
using HnmStreams.Torch.Networks;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tabular;

/// <summary>Dense rows of float32, given to a multi-layer perceptron as they are. A row holds the numbers, little-endian.</summary>
public sealed class TabularTask : LabelledTask
{
    private readonly int _features;
    private readonly int[] _hidden;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public TabularTask(TabularOptions options)
        : base("tabular", options)
    {
        (_features, _hidden) = (options.Features, [.. options.Hidden]);
    }

    public override int RowsPerPass => 4096;

    public override nn.Module<Tensor, Tensor> CreateNetwork() => new Mlp(_features, _hidden, OutputWidth);

    /// <returns>[n, features].</returns>
    /// <exception cref="InvalidDataException">A row of another size: it was not this task's encoder that wrote it.</exception>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var tensor = empty(indices.Length, _features, float32);
        var bytes = tensor.bytes;
        var size = _features * sizeof(float);
        for (var i = 0; i < indices.Length; i++)
        {
            var payload = rows.Payload(indices[i]);
            if (payload.Length != size)
                throw new InvalidDataException($"Row {indices[i]} has {payload.Length} bytes; {size} are expected.");
            payload.CopyTo(bytes.Slice(i * size, size));
        }

        return tensor;
    }

    private protected override Refusal? EncodeInput(ExampleInput input, RowBuffer rows)
    {
        if (input is not ExampleInput.Dense dense)
            return new Refusal("wrong-input", $"The input is {input.GetType().Name}; a dense tensor is expected.");
        if (dense.Type != ElementType.Float32)
            return new Refusal("wrong-type", $"The tensor's elements are {dense.Type}; {ElementType.Float32} is expected.");
        if (dense.Shape.Count != 1 || dense.Shape[0] != _features)
            return new Refusal("wrong-shape", $"The tensor's shape is [{string.Join(", ", dense.Shape)}]; [{_features}] is expected.");
        var data = dense.Data.Span;
        if (data.Length != _features * sizeof(float))
            return new Refusal("wrong-shape", $"The tensor has {data.Length} bytes; its shape asks for {_features * sizeof(float)}.");
        var row = rows.GetSpan(data.Length);
        data.CopyTo(row);
        foreach (var value in MemoryMarshal.Cast<byte, float>(row[..data.Length]))
        {
            if (!float.IsFinite(value))
                return new Refusal("not-finite", "A number of the tensor is NaN or infinite.");
        }

        rows.Advance(data.Length);
        return null;
    }
}
