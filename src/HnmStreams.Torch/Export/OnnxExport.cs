using Google.Protobuf;
using HnmStreams.Torch.Export.Graphs;
using HnmStreams.Torch.Networks.Backbones;
using HnmStreams.Torch.Networks.EmbeddingBags;
using HnmStreams.Torch.Networks.Heads;
using HnmStreams.Torch.Networks.Images;
using HnmStreams.Torch.Networks.Tables;
using Onnx;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Export;

/// <summary>The export of the built-in networks as ONNX files. Input and output are those of the network, float32, except the ids of tokens, int64; see the README of Networks.</summary>
public static class OnnxExport
{
    private const int IrVersion = 8;
    private const int MaxBytes = int.MaxValue - (1 << 20);

    private static readonly Dictionary<Type, Func<OnnxGraph, string, nn.Module, string>> Networks = new()
    {
        [typeof(SmallConvNet)] = static (graph, input, _) => ImageGraphs.Small(graph, input),
        [typeof(EmbeddingConvNet)] = static (graph, input, _) => ImageGraphs.Embedding(graph, input),
        [typeof(AnchorDetector)] = static (graph, input, _) => ImageGraphs.Detector(graph, input),
        [typeof(Mlp)] = static (graph, input, _) => TableGraphs.Perceptron(graph, input),
        [typeof(ScaledMlp)] = static (graph, input, _) => TableGraphs.Scaled(graph, input),
        [typeof(FeatureHead)] = static (graph, input, network) => TableGraphs.Head(graph, input, (FeatureHead)network),
        [typeof(BackboneNet)] = static (graph, input, network) => BackboneGraphs.Network(graph, input, (BackboneNet)network),
        [typeof(BagEncoder)] = static (graph, input, _) => BagGraphs.Encoder(graph, input),
        [typeof(WideAndDeep)] = static (graph, input, _) => BagGraphs.Wide(graph, input),
        [typeof(NamedFeatureNet)] = static (graph, input, _) => BagGraphs.Named(graph, input),
    };

    /// <summary>Returns true if the network can be exported.</summary>
    public static bool Supports(nn.Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Networks.ContainsKey(network.GetType());
    }

    /// <summary>Writes a network.</summary>
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="network">A built-in network of the shape of the weights.</param>
    /// <param name="weights">The network's tensors by name.</param>
    /// <param name="inputShape">The shape of the input; -1 for a dimension of any size.</param>
    /// <param name="metadata">Entries of the file's metadata.</param>
    /// <exception cref="NotSupportedException">The network is not a built-in one.</exception>
    /// <exception cref="InvalidDataException">A tensor is missing, or the file would be too large for the format.</exception>
    public static void Write(string path, nn.Module network, IReadOnlyDictionary<string, Tensor> weights, IReadOnlyList<long> inputShape, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(inputShape);
        ArgumentNullException.ThrowIfNull(metadata);
        if (!Networks.TryGetValue(network.GetType(), out var build))
            throw new NotSupportedException($"The network must be one of {string.Join(", ", Networks.Keys.Select(static type => type.Name))} but is {network.GetType().Name}.");
        if (weights.Values.Sum(static tensor => tensor.NumberOfElements * sizeof(float)) > MaxBytes)
            throw new InvalidDataException($"The weights must have at most {MaxBytes} bytes, because an ONNX file is one protobuf message.");
        var graph = new OnnxGraph(weights);
        graph.Node("Identity", [build(graph, OnnxGraph.Input, network)]);
        graph.Proto.Node[^1].Output[0] = OnnxGraph.Output;
        graph.Proto.Input.Add(Value(OnnxGraph.Input, inputShape, network is BackboneNet { TakesTokens: true } ? TensorProto.Types.DataType.Int64 : TensorProto.Types.DataType.Float));
        graph.Proto.Output.Add(Value(OnnxGraph.Output, [-1, -1], TensorProto.Types.DataType.Float));
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "HnmStreams", Graph = graph.Proto, OpsetImport = { new OperatorSetIdProto { Version = OnnxGraph.Opset } } };
        foreach (var (key, value) in metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        using var file = File.Create(path);
        model.WriteTo(file);
    }

    private static ValueInfoProto Value(string name, IReadOnlyList<long> shape, TensorProto.Types.DataType type)
    {
        var dimensions = new TensorShapeProto();
        for (var i = 0; i < shape.Count; i++)
        {
            dimensions.Dim.Add(shape[i] >= 0 ? new TensorShapeProto.Types.Dimension { DimValue = shape[i] }
                : new TensorShapeProto.Types.Dimension { DimParam = i == 0 ? "n" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}{i}") });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions } } };
    }
}
