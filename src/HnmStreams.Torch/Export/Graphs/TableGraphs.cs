using HnmStreams.Torch.Networks.Heads;
using HnmStreams.Torch.Networks.Tables;

namespace HnmStreams.Torch.Export.Graphs;

/// <summary>The graphs of the networks for dense rows.</summary>
internal static class TableGraphs
{
    /// <summary>The graph of an <see cref="Mlp"/>.</summary>
    /// <param name="prefix">The name of the perceptron within a larger network, with a dot at the end; empty for a whole network.</param>
    public static string Perceptron(OnnxGraph graph, string input, string prefix = "")
    {
        var x = input;
        for (var i = 0; graph.Has($"{prefix}layer{i}.weight"); i++)
            x = graph.Linear(i == 0 ? x : graph.Relu(x), $"{prefix}layer{i}");
        return x;
    }

    /// <summary>The graph of a <see cref="ScaledMlp"/>.</summary>
    public static string Scaled(OnnxGraph graph, string input)
    {
        var (standard, log) = ScaleGraph.Of(graph, input, graph.Initializer("scale.mean", graph["scale.mean"]), ScaleGraph.Deviation(graph), ScaleGraph.Typical(graph));
        var pairs = graph.Node("Concat", [graph.Node("Unsqueeze", [standard, graph.Whole(2)]), graph.Node("Unsqueeze", [log, graph.Whole(2)])], OnnxGraph.Attribute("axis", 2L));
        var scaled = graph.Node("Reshape", [pairs, graph.Whole(-1, 2 * graph["scale.mean"].shape[0])]);
        return graph.Add(Perceptron(graph, scaled, "deep."), graph.Linear(scaled, "wide"));
    }

    /// <summary>The graph of a <see cref="FeatureHead"/>.</summary>
    /// <param name="prefix">The name of the head within a larger network, with a dot at the end; empty for a whole network.</param>
    public static string Head(OnnxGraph graph, string input, FeatureHead head, string prefix = "")
    {
        var scaled = graph.Multiply(input, graph.Number(Math.Sqrt(graph[$"{prefix}layers.layer0.weight"].shape[1])));
        var output = Perceptron(graph, scaled, $"{prefix}layers.");
        if (head.HasResidual)
            output = graph.Add(output, scaled);
        return head.IsEmbedding ? graph.UnitLength(output) : output;
    }
}
