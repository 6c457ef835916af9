using HnmStreams.Torch.Networks.Images;

namespace HnmStreams.Torch.Export.Graphs;

/// <summary>The graphs of the networks for images.</summary>
internal static class ImageGraphs
{
    /// <summary>The graph of <see cref="SmallConvNet"/>.</summary>
    public static string Small(OnnxGraph graph, string input)
    {
        var x = graph.Relu(graph.Pool(graph.Convolution(input, "convolution1")));
        x = graph.Relu(graph.Pool(graph.Convolution(x, "convolution2")));
        return graph.Linear(graph.Relu(graph.Linear(graph.Flatten(x), "hidden")), "output");
    }

    /// <summary>The graph of <see cref="EmbeddingConvNet"/>.</summary>
    public static string Embedding(OnnxGraph graph, string input)
    {
        var x = input;
        for (var i = 1; graph.Has($"convolution{i}.weight"); i++)
            x = graph.Relu(graph.Pool(graph.Convolution(x, $"convolution{i}")));
        return graph.UnitLength(graph.Linear(graph.Flatten(x), "output"));
    }

    /// <summary>The graph of <see cref="AnchorDetector"/>.</summary>
    public static string Detector(OnnxGraph graph, string input)
    {
        var fine = input;
        foreach (var (layer, stride) in ((int, long)[])[(0, 2), (3, 2), (6, 2), (9, 1)])
            fine = Layer(graph, fine, "fine", layer, stride);
        var outputs = new List<string>(2);
        if (graph.Has("fineHead.weight"))
            outputs.Add(Head(graph, fine, "fineHead"));
        if (graph.Has("coarseHead.weight"))
            outputs.Add(Head(graph, Layer(graph, Layer(graph, fine, "coarse", 0, 2), "coarse", 3, 1), "coarseHead"));
        return outputs.Count == 1 ? outputs[0] : graph.Node("Concat", outputs, OnnxGraph.Attribute("axis", 1L));
    }

    private static string Layer(OnnxGraph graph, string x, string part, int layer, long stride)
    {
        var norm = $"{part}.{layer + 1}";
        var normalized = graph.Node(
            "BatchNormalization",
            [
                graph.Convolution(x, $"{part}.{layer}", stride), graph.Weight($"{norm}.weight"), graph.Weight($"{norm}.bias"),
                graph.Weight($"{norm}.running_mean"), graph.Weight($"{norm}.running_var"),
            ],
            OnnxGraph.Attribute("epsilon", 1e-5f));
        return graph.Relu(normalized);
    }

    private static string Head(OnnxGraph graph, string map, string head) =>
        graph.Flatten(graph.Node("Transpose", [graph.Convolution(map, head)], OnnxGraph.Attribute("perm", 0, 2, 3, 1)));
}
