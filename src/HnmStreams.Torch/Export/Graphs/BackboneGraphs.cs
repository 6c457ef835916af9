using HnmStreams.Torch.Networks.Backbones;

namespace HnmStreams.Torch.Export.Graphs;

/// <summary>The graph of <see cref="BackboneNet"/>.</summary>
internal static class BackboneGraphs
{
    private const double Masked = -1e9;

    /// <summary>The graph of a whole network. Images must have the size of the input, ids of tokens any length.</summary>
    public static string Network(OnnxGraph graph, string input, BackboneNet network)
    {
        var features = network.Backbone is BertEncoder encoder ? Bert(graph, input, encoder) : Residual(graph, input);
        return TableGraphs.Head(graph, graph.UnitLength(features), network.Head, "head.");
    }

    private static string Bert(OnnxGraph graph, string ids, BertEncoder encoder)
    {
        const string Embeddings = "backbone.embeddings.";
        var shape = encoder.Shape;
        var padding = graph.Node("Less", [ids, graph.WholeNumber(0)]);
        var words = graph.Node("Gather", [graph.Weight($"{Embeddings}word_embeddings.weight"), graph.Node("Max", [ids, graph.WholeNumber(0)])], OnnxGraph.Attribute("axis", 0L));
        // The first rows of the table of positions, as many as the texts have tokens.
        var length = graph.Node("Shape", [ids], OnnxGraph.Attribute("start", 1L), OnnxGraph.Attribute("end", 2L));
        var positions = graph.Node("Slice", [graph.Weight($"{Embeddings}position_embeddings.weight"), graph.Whole(0), length, graph.Whole(0)]);
        var type = graph.Initializer($"{Embeddings}token_type_embeddings.first", graph[$"{Embeddings}token_type_embeddings.weight"].select(0, 0));
        var x = Norm(graph, graph.Add(graph.Add(words, positions), type), $"{Embeddings}LayerNorm", shape);
        var bias = graph.Node("Unsqueeze", [graph.Multiply(graph.ToFloat(padding), graph.Number(Masked)), graph.Whole(1, 2)]);
        for (var layer = 0; layer < shape.Layers; layer++)
            x = Layer(graph, x, bias, $"backbone.encoder.layer.{layer}.", shape);
        if (!encoder.IsMean)
            return graph.Node("Gather", [x, graph.WholeNumber(0)], OnnxGraph.Attribute("axis", 1L));
        var tokens = graph.Node("Unsqueeze", [graph.ToFloat(graph.Node("Not", [padding])), graph.Whole(2)]);
        return graph.Divide(Sum(graph, graph.Multiply(x, tokens)), Sum(graph, tokens));
    }

    private static string Layer(OnnxGraph graph, string x, string bias, string name, BertShape shape)
    {
        const string Self = "attention.self.";
        var (heads, size) = (shape.Heads, shape.Width / shape.Heads);
        var query = Heads($"{Self}query", 0, 2, 1, 3);
        var key = Heads($"{Self}key", 0, 2, 3, 1);
        var value = Heads($"{Self}value", 0, 2, 1, 3);
        var scores = graph.Multiply(graph.Node("MatMul", [query, key]), graph.Number(1 / Math.Sqrt(size)));
        var shares = graph.Node("Softmax", [graph.Add(scores, bias)], OnnxGraph.Attribute("axis", -1L));
        var mixed = graph.Node("Transpose", [graph.Node("MatMul", [shares, value])], OnnxGraph.Attribute("perm", 0, 2, 1, 3));
        var attended = Dense(graph, graph.Node("Reshape", [mixed, graph.Whole(0, 0, shape.Width)]), $"{name}attention.output.dense");
        x = Norm(graph, graph.Add(attended, x), $"{name}attention.output.LayerNorm", shape);
        var fed = Dense(graph, Gelu(graph, Dense(graph, x, $"{name}intermediate.dense")), $"{name}output.dense");
        return Norm(graph, graph.Add(fed, x), $"{name}output.LayerNorm", shape);

        string Heads(string projection, params long[] order) =>
            graph.Node("Transpose", [graph.Node("Reshape", [Dense(graph, x, name + projection), graph.Whole(0, 0, heads, size)])], OnnxGraph.Attribute("perm", order));
    }

    private static string Residual(OnnxGraph graph, string input)
    {
        var x = graph.Relu(Convolution(graph, input, "backbone.conv1", "backbone.bn1", kernel: 7, stride: 2));
        x = graph.Node("MaxPool", [x], OnnxGraph.Attribute("kernel_shape", 3, 3), OnnxGraph.Attribute("pads", 1, 1, 1, 1), OnnxGraph.Attribute("strides", 2, 2));
        for (var stage = 1; stage <= ResNet.Stages; stage++)
        {
            for (var i = 0; graph.Has($"backbone.layer{stage}.{i}.conv1.weight"); i++)
                x = Block(graph, x, $"backbone.layer{stage}.{i}.", stride: i == 0 && stage > 1 ? 2 : 1);
        }

        return graph.Flatten(graph.Node("GlobalAveragePool", [x]));
    }

    private static string Block(OnnxGraph graph, string input, string name, long stride)
    {
        var x = input;
        var layers = graph.Has($"{name}conv3.weight") ? 3 : 2;
        for (var i = 1; i <= layers; i++)
        {
            var kernel = graph[$"{name}conv{i}.weight"].shape[2];
            // The first 3x3 convolution has the stride.
            var own = kernel == 3 && i == layers - 1 ? stride : 1;
            x = Convolution(graph, x, $"{name}conv{i}", $"{name}bn{i}", kernel, own);
            if (i < layers)
                x = graph.Relu(x);
        }

        var shortcut = graph.Has($"{name}downsample.0.weight") ? Convolution(graph, input, $"{name}downsample.0", $"{name}downsample.1", 1, stride) : input;
        return graph.Relu(graph.Add(x, shortcut));
    }

    private static string Convolution(OnnxGraph graph, string x, string layer, string norm, long kernel, long stride)
    {
        var pad = kernel / 2;
        var convolved = graph.Node(
            "Conv", [x, graph.Weight($"{layer}.weight")],
            OnnxGraph.Attribute("kernel_shape", kernel, kernel), OnnxGraph.Attribute("pads", pad, pad, pad, pad), OnnxGraph.Attribute("strides", stride, stride));
        return graph.Node(
            "BatchNormalization",
            [convolved, graph.Weight($"{norm}.weight"), graph.Weight($"{norm}.bias"), graph.Weight($"{norm}.running_mean"), graph.Weight($"{norm}.running_var")],
            OnnxGraph.Attribute("epsilon", 1e-5f));
    }

    // Gemm takes matrices only.
    private static string Dense(OnnxGraph graph, string x, string layer) => graph.Add(
        graph.Node("MatMul", [x, graph.Initializer($"{layer}.transposed", graph[$"{layer}.weight"].t())]), graph.Weight($"{layer}.bias"));

    private static string Norm(OnnxGraph graph, string x, string layer, BertShape shape) => graph.Node(
        "LayerNormalization", [x, graph.Weight($"{layer}.weight"), graph.Weight($"{layer}.bias")], OnnxGraph.Attribute("axis", -1L), OnnxGraph.Attribute("epsilon", (float)shape.Epsilon));

    // x / 2 (1 + erf(x / sqrt(2))); the operator Gelu is of a later opset.
    private static string Gelu(OnnxGraph graph, string x)
    {
        var error = graph.Node("Erf", [graph.Multiply(x, graph.Number(Math.Sqrt(0.5)))]);
        return graph.Multiply(graph.Multiply(x, graph.Number(0.5)), graph.Add(error, graph.Number(1)));
    }

    private static string Sum(OnnxGraph graph, string x) => graph.Node("ReduceSum", [x, graph.Whole(1)], OnnxGraph.Attribute("keepdims", 0L));
}
