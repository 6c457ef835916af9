using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

namespace HnmStreams.Encoders;

/// <summary>
/// Dynamic quantization of an ONNX file, as by <c>quantize_dynamic(..., weight_type=QInt8, per_channel=True)</c> of ONNX Runtime's Python package: the weights of
/// matrix products become int8 with one scale per column, and their inputs are quantized to uint8 with a scale per call. Other operations stay in float32.
/// </summary>
public static class DynamicQuantization
{
    private const float MaxInt8 = 127;

    /// <summary>Writes a file whose products with constant matrices are computed in int8.</summary>
    /// <returns>The number of quantized products.</returns>
    public static int Write(string onnx, string path)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(onnx));
        var count = Quantize(model.Graph);
        using var file = File.Create(path);
        model.WriteTo(file);
        return count;
    }

    internal static int Quantize(GraphProto graph)
    {
        var matrices = graph.Initializer
            .Where(static i => i.DataType == (int)TensorProto.Types.DataType.Float && i.Dims.Count == 2)
            .ToDictionary(static i => i.Name, static i => i, StringComparer.Ordinal);
        NodeProto[] nodes = [.. graph.Node];
        graph.Node.Clear();
        var replaced = new HashSet<string>(StringComparer.Ordinal);
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        var count = 0;
        foreach (var node in nodes)
        {
            if (node.OpType != "MatMul" || !matrices.TryGetValue(node.Input[1], out var matrix))
            {
                graph.Node.Add(node);
                continue;
            }

            var weight = matrix.Name + "_int8";
            if (replaced.Add(matrix.Name))
                AddWeight(graph, matrix, weight);
            // Several products may have the same input, for example query, key and value.
            if (!inputs.TryGetValue(node.Input[0], out var input))
            {
                input = inputs[node.Input[0]] = $"{node.Input[0]}_uint8";
                graph.Node.Add(Node("DynamicQuantizeLinear", [node.Input[0]], input, input + "_scale", input + "_zero"));
            }

            var (product, number, scale) = ($"{node.Output[0]}_int32", $"{node.Output[0]}_float", $"{node.Output[0]}_scale");
            graph.Node.Add(Node("MatMulInteger", [input, weight, input + "_zero"], product));
            var cast = Node("Cast", [product], number);
            cast.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)TensorProto.Types.DataType.Float });
            graph.Node.Add(cast);
            graph.Node.Add(Node("Mul", [input + "_scale", weight + "_scale"], scale));
            graph.Node.Add(Node("Mul", [number, scale], node.Output[0]));
            count++;
        }

        foreach (var matrix in replaced.Select(name => matrices[name]).Where(matrix => !graph.Node.Any(node => node.Input.Contains(matrix.Name))))
            graph.Initializer.Remove(matrix);
        return count;
    }

    // Symmetric: the zero point is 0, so that MatMulInteger needs none.
    private static void AddWeight(GraphProto graph, TensorProto matrix, string name)
    {
        var (rows, columns) = ((int)matrix.Dims[0], (int)matrix.Dims[1]);
        float[] values = matrix.RawData.IsEmpty ? [.. matrix.FloatData] : MemoryMarshal.Cast<byte, float>(matrix.RawData.Span).ToArray();
        var scales = new float[columns];
        for (var i = 0; i < values.Length; i++)
            scales[i % columns] = Math.Max(scales[i % columns], Math.Abs(values[i]) / MaxInt8);
        var quantized = new sbyte[rows * columns];
        for (var i = 0; i < quantized.Length; i++)
            quantized[i] = scales[i % columns] == 0 ? (sbyte)0 : (sbyte)Math.Round(values[i] / scales[i % columns]);
        graph.Initializer.Add(Tensor(name, TensorProto.Types.DataType.Int8, [rows, columns], MemoryMarshal.AsBytes<sbyte>(quantized)));
        graph.Initializer.Add(Tensor(name + "_scale", TensorProto.Types.DataType.Float, [columns], MemoryMarshal.AsBytes<float>(scales)));
    }

    private static TensorProto Tensor(string name, TensorProto.Types.DataType type, long[] shape, ReadOnlySpan<byte> content)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(content) };
        tensor.Dims.Add(shape);
        return tensor;
    }

    private static NodeProto Node(string type, string[] inputs, params string[] outputs)
    {
        var node = new NodeProto { OpType = type, Name = $"{outputs[0]}_{type}" };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        return node;
    }
}
