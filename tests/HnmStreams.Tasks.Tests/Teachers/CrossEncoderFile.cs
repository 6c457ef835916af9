using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

namespace HnmStreams.Tasks.Tests.Teachers;

/// <summary>A small cross-encoder: a pair is relevant if both texts contain the same topic (topic0, topic1, …).</summary>
internal static class CrossEncoderFile
{
    public const int Topics = 20;
    private const int FirstTopic = 4;

    /// <summary>Writes the network and its vocabulary, and returns their paths.</summary>
    public static (string Model, string Vocabulary) Write(string folder)
    {
        var (model, vocabulary) = (Path.Combine(folder, "cross-encoder.onnx"), Path.Combine(folder, "vocab.txt"));
        File.WriteAllLines(vocabulary, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. Enumerable.Range(0, Topics).Select(static i => $"topic{i}"), "about"]);
        var rows = FirstTopic + Topics + 1;
        var table = new float[rows * Topics];
        for (var i = 0; i < Topics; i++)
            table[((FirstTopic + i) * Topics) + i] = 1;
        var graph = new GraphProto { Name = "cross-encoder" };
        graph.Initializer.Add(Constant("table", TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes<float>(table), rows, Topics));
        graph.Initializer.Add(Constant("one", TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes<long>([1L]), 1));
        graph.Initializer.Add(Constant("two", TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes<long>([2L]), 1));
        graph.Initializer.Add(Constant("scale", TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes<float>([10f]), 1));
        graph.Initializer.Add(Constant("bias", TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes<float>([5f]), 1));
        // The sums of the topics of the tokens of type 0 and of type 1. Their dot product counts the common ones.
        Add(graph, "Gather", "rows", "table", "input_ids");
        Add(graph, "Cast", "types", "token_type_ids").Attribute.Add(Whole("to", (long)TensorProto.Types.DataType.Float));
        Add(graph, "Unsqueeze", "column", "types", "two");
        Add(graph, "Mul", "second", "rows", "column");
        Add(graph, "ReduceSum", "passage", "second", "one").Attribute.Add(Whole("keepdims", 0));
        Add(graph, "ReduceSum", "both", "rows", "one").Attribute.Add(Whole("keepdims", 0));
        Add(graph, "Sub", "query", "both", "passage");
        Add(graph, "Mul", "product", "query", "passage");
        Add(graph, "ReduceSum", "common", "product", "one").Attribute.Add(Whole("keepdims", 1));
        Add(graph, "Mul", "scaled", "common", "scale");
        Add(graph, "Sub", "logits", "scaled", "bias");
        graph.Input.Add(Value("input_ids", TensorProto.Types.DataType.Int64, "tokens"));
        graph.Input.Add(Value("token_type_ids", TensorProto.Types.DataType.Int64, "tokens"));
        graph.Output.Add(Value("logits", TensorProto.Types.DataType.Float, null));
        graph.Output.Add(Value("product", TensorProto.Types.DataType.Float, "topics"));
        using var file = File.Create(model);
        new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 17 } } }.WriteTo(file);
        return (model, vocabulary);
    }

    private static NodeProto Add(GraphProto graph, string type, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = type, Output = { output } };
        node.Input.AddRange(inputs);
        graph.Node.Add(node);
        return node;
    }

    private static AttributeProto Whole(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static TensorProto Constant(string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, string? second)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "n" }, second is null ? new TensorShapeProto.Types.Dimension { DimValue = 1 } : new TensorShapeProto.Types.Dimension { DimParam = second } } };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
