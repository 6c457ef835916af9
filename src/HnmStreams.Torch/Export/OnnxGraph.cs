using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Export;

/// <summary>A builder of an ONNX graph, node by node. Values are named; each method returns the name of its result.</summary>
/// <param name="weights">The tensors of the network by name.</param>
/// <remarks>One thread. Operators are those of opset 17.</remarks>
internal sealed class OnnxGraph(IReadOnlyDictionary<string, Tensor> weights)
{
    /// <summary>The version of the operator set.</summary>
    public const int Opset = 17;

    /// <summary>The name of the input.</summary>
    public const string Input = "input";

    /// <summary>The name of the output.</summary>
    public const string Output = "output";

    private readonly HashSet<string> _initializers = new(StringComparer.Ordinal);
    private int _values;

    public GraphProto Proto { get; } = new() { Name = "network" };

    /// <summary>Returns a tensor of the network.</summary>
    public Tensor this[string name] => weights.TryGetValue(name, out var tensor) ? tensor : throw new InvalidDataException($"The weights have no tensor '{name}'.");

    /// <summary>Returns true if the network has a tensor of this name.</summary>
    public bool Has(string name) => weights.ContainsKey(name);

    /// <summary>Adds a tensor of the network under its own name.</summary>
    public string Weight(string name) => Initializer(name, this[name]);

    /// <summary>Adds a tensor that is computed from those of the network.</summary>
    public string Initializer(string name, Tensor tensor)
    {
        if (!_initializers.Add(name))
            return name;
        using var scope = NewDisposeScope();
        var values = tensor.detach().cpu().to(ScalarType.Float32).contiguous();
        var proto = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float, RawData = ByteString.CopyFrom(values.bytes) };
        proto.Dims.AddRange(values.shape);
        Proto.Initializer.Add(proto);
        return name;
    }

    /// <summary>Adds a number.</summary>
    public string Number(double value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"number_{(float)value:R}");
        if (_initializers.Add(name))
            Proto.Initializer.Add(new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float, FloatData = { (float)value } });
        return name;
    }

    /// <summary>Adds a list of whole numbers, for example a shape or axes.</summary>
    public string Whole(params ReadOnlySpan<long> values)
    {
        var name = $"whole_{string.Join('_', values.ToArray())}";
        if (_initializers.Add(name))
            Proto.Initializer.Add(new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Int64, Dims = { values.Length }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) });
        return name;
    }

    /// <summary>Adds a whole number.</summary>
    public string WholeNumber(long value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"index_{value}");
        if (_initializers.Add(name))
            Proto.Initializer.Add(new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Int64, Int64Data = { value } });
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    public string Node(string operation, IReadOnlyList<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var output = $"{operation.ToLowerInvariant()}_{_values++.ToString(CultureInfo.InvariantCulture)}";
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var attribute in attributes)
            node.Attribute.Add(attribute);
        Proto.Node.Add(node);
        return output;
    }

    public static AttributeProto Attribute(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Attribute(string name, float value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    public static AttributeProto Attribute(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }
}
