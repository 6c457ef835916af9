using System.Runtime.InteropServices;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Snapshots;
using Onnx;
using static TorchSharp.torch;

namespace HnmStreams.Encoders;

/// <summary>The weights of the two encoders under the names of their published safetensors files, converted from the initializers of the ONNX files.</summary>
internal static class OnnxWeights
{
    // The tensors of a layer of BERT in the order of the products of a graph that PyTorch has exported.
    private static readonly string[] Products =
        ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense"];

    private static readonly string[] NormParts = ["weight", "bias", "running_mean", "running_var"];

    /// <summary>Writes the weights of MiniLM under the names of Hugging Face's <c>BertModel</c>.</summary>
    public static void WriteMiniLm(string onnx, string path)
    {
        TorchLibrary.EnsureLoaded();
        using var scope = NewDisposeScope();
        var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(onnx)).Graph;
        var initializers = graph.Initializer.ToDictionary(static i => i.Name, static i => i, StringComparer.Ordinal);
        var tensors = initializers.Values
            .Where(static i => i.DataType == (int)TensorProto.Types.DataType.Float && !i.Name.StartsWith("onnx::", StringComparison.Ordinal) && i.Name.Contains('.', StringComparison.Ordinal))
            .ToDictionary(static i => i.Name, Of, StringComparer.Ordinal);
        // The matrices of products have no names and are transposed.
        Tensor[] matrices = [.. graph.Node.Where(node => node.OpType == "MatMul" && initializers.ContainsKey(node.Input[1])).Select(node => Of(initializers[node.Input[1]]).t().contiguous())];
        for (var i = 0; i < matrices.Length; i++)
            tensors[$"encoder.layer.{i / Products.Length}.{Products[i % Products.Length]}.weight"] = matrices[i];
        SafetensorsFile.Write(path, tensors);
    }

    /// <summary>Writes the weights of ResNet-18 under the names of TorchVision.</summary>
    /// <exception cref="InvalidDataException">The graph has another number of convolutions.</exception>
    public static void WriteResNet(string onnx, string path)
    {
        TorchLibrary.EnsureLoaded();
        using var scope = NewDisposeScope();
        var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(onnx)).Graph;
        var initializers = graph.Initializer.ToDictionary(static i => i.Name, static i => i, StringComparer.Ordinal);
        var nodes = graph.Node.ToDictionary(static n => n.Output[0], static n => n, StringComparer.Ordinal);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        // The file has one block more in its last stage than ResNet-18 of the paper.
        var layers = new Queue<string>(
            from stage in Enumerable.Range(1, 4) from block in Enumerable.Range(0, stage == 4 ? 3 : 2) from layer in Enumerable.Range(1, 2) select $"layer{stage}.{block}.conv{layer}");
        var stages = 2;
        foreach (var norm in graph.Node.Where(static node => node.OpType == "BatchNormalization"))
        {
            var weight = Of(initializers[nodes[norm.Input[0]].Input[1]]);
            var name = weight.shape[2] switch { 7 => "conv1", 1 => $"layer{stages++}.0.downsample.0", _ => layers.Dequeue() };
            tensors[$"{name}.weight"] = weight;
            var normName = name.EndsWith("downsample.0", StringComparison.Ordinal) ? $"{name[..^1]}1" : name.Replace("conv", "bn", StringComparison.Ordinal);
            for (var i = 0; i < NormParts.Length; i++)
                tensors[$"{normName}.{NormParts[i]}"] = Of(initializers[norm.Input[i + 1]]);
        }

        if (layers.Count > 0)
            throw new InvalidDataException($"{onnx} must have a convolution for {string.Join(", ", layers)} but does not.");
        SafetensorsFile.Write(path, tensors);
    }

    private static Tensor Of(TensorProto proto)
    {
        float[] values = proto.RawData.IsEmpty ? [.. proto.FloatData] : MemoryMarshal.Cast<byte, float>(proto.RawData.Span).ToArray();
        return tensor(values, [.. proto.Dims]);
    }
}
