using Onnx;

namespace HnmStreams.Torch.Export;

/// <summary>The operators that the built-in networks share.</summary>
internal static class OnnxOperators
{
    // F.normalize's bound for vectors without length.
    private const double MinLength = 1e-12;

    public static string Add(this OnnxGraph graph, string a, string b) => graph.Node("Add", [a, b]);

    public static string Subtract(this OnnxGraph graph, string a, string b) => graph.Node("Sub", [a, b]);

    public static string Multiply(this OnnxGraph graph, string a, string b) => graph.Node("Mul", [a, b]);

    public static string Divide(this OnnxGraph graph, string a, string b) => graph.Node("Div", [a, b]);

    public static string Relu(this OnnxGraph graph, string x) => graph.Node("Relu", [x]);

    public static string Flatten(this OnnxGraph graph, string x) => graph.Node("Flatten", [x], OnnxGraph.Attribute("axis", 1L));

    /// <summary>Adds a linear layer: <c>x Wᵀ + b</c>, without b if the network has none.</summary>
    public static string Linear(this OnnxGraph graph, string x, string layer)
    {
        List<string> inputs = [x, graph.Weight($"{layer}.weight")];
        if (graph.Has($"{layer}.bias"))
            inputs.Add(graph.Weight($"{layer}.bias"));
        return graph.Node("Gemm", inputs, OnnxGraph.Attribute("transB", 1L));
    }

    /// <summary>Adds a 3x3 convolution with padding 1.</summary>
    public static string Convolution(this OnnxGraph graph, string x, string layer, long stride = 1)
    {
        List<string> inputs = [x, graph.Weight($"{layer}.weight")];
        if (graph.Has($"{layer}.bias"))
            inputs.Add(graph.Weight($"{layer}.bias"));
        return graph.Node("Conv", inputs, OnnxGraph.Attribute("kernel_shape", 3, 3), OnnxGraph.Attribute("pads", 1, 1, 1, 1), OnnxGraph.Attribute("strides", stride, stride));
    }

    /// <summary>Adds 2x2 max-pooling.</summary>
    public static string Pool(this OnnxGraph graph, string x) =>
        graph.Node("MaxPool", [x], OnnxGraph.Attribute("kernel_shape", 2, 2), OnnxGraph.Attribute("strides", 2, 2));

    /// <summary>Adds the scaling of each row to length 1.</summary>
    public static string UnitLength(this OnnxGraph graph, string x)
    {
        var length = graph.Node("ReduceL2", [x], OnnxGraph.Attribute("axes", new long[] { 1 }), OnnxGraph.Attribute("keepdims", 1L));
        return graph.Divide(x, graph.Node("Max", [length, graph.Number(MinLength)]));
    }

    /// <summary>Adds the selection of one of the last dimension's elements: [n, longest, 2] to [n, longest].</summary>
    public static string Select(this OnnxGraph graph, string x, long index) => graph.Node("Gather", [x, graph.WholeNumber(index)], OnnxGraph.Attribute("axis", 2L));

    /// <summary>Adds the conversion to int64.</summary>
    public static string ToWhole(this OnnxGraph graph, string x) => graph.Node("Cast", [x], OnnxGraph.Attribute("to", (long)TensorProto.Types.DataType.Int64));

    /// <summary>Adds the conversion to float32.</summary>
    public static string ToFloat(this OnnxGraph graph, string x) => graph.Node("Cast", [x], OnnxGraph.Attribute("to", (long)TensorProto.Types.DataType.Float));

    /// <summary>Adds the weighted sum of the rows of a table per example: indices and weights are [n, longest], the result is [n, width].</summary>
    public static string Bag(this OnnxGraph graph, string table, string indices, string weights)
    {
        var rows = graph.Node("Gather", [table, indices], OnnxGraph.Attribute("axis", 0L));
        var weighted = graph.Multiply(rows, graph.Node("Unsqueeze", [weights, graph.Whole(2)]));
        return graph.Node("ReduceSum", [weighted, graph.Whole(1)], OnnxGraph.Attribute("keepdims", 0L));
    }
}
