using HnmStreams.Torch.Networks.EmbeddingBags;
using HnmStreams.Torch.Networks.Tables;

namespace HnmStreams.Torch.Export.Graphs;

/// <summary>The graphs of the networks for hashed features, whose input is [n, longest, 2].</summary>
internal static class BagGraphs
{
    // The scales of WideAndDeep's tables.
    private const double EmbeddingScale = 3;
    private const double WideScale = 30;
    private const double MinSquaredLength = 1e-12;

    /// <summary>The graph of a <see cref="BagEncoder"/>.</summary>
    public static string Encoder(OnnxGraph graph, string input) =>
        graph.UnitLength(graph.Bag(graph.Weight("table.table.weight"), graph.ToWhole(graph.Select(input, 0)), graph.Select(input, 1)));

    /// <summary>The graph of a <see cref="WideAndDeep"/>.</summary>
    public static string Wide(OnnxGraph graph, string input)
    {
        var buckets = graph.ToWhole(graph.Select(input, 0));
        var weights = Rarity(graph, buckets, graph.Select(input, 1));
        var embedding = graph.Multiply(graph.Bag(graph.Weight("embedding.table.weight"), buckets, weights), graph.Number(EmbeddingScale));
        var deep = graph.Linear(graph.Relu(graph.Linear(embedding, "hidden")), "output");
        return graph.Add(deep, graph.Multiply(graph.Bag(graph.Weight("wide.table.weight"), buckets, weights), graph.Number(WideScale)));
    }

    /// <summary>The graph of a <see cref="NamedFeatureNet"/>.</summary>
    public static string Named(OnnxGraph graph, string input)
    {
        var numbers = graph["scale.mean"].shape[0];
        var (bucket, value) = (graph.ToWhole(graph.Select(input, 0)), graph.Select(input, 1));
        // Padding has the bucket -1: it is no number and no category, so that its weights are 0.
        var isCategory = graph.Node("GreaterOrEqual", [bucket, graph.WholeNumber(numbers)]);
        var isNumber = graph.Node("And", [graph.Node("GreaterOrEqual", [bucket, graph.WholeNumber(0)]), graph.Node("Not", [isCategory])]);
        var column = graph.Node("Clip", [bucket, graph.WholeNumber(0), graph.WholeNumber(numbers - 1)]);
        string Column(string statistic) => graph.Node("Gather", [statistic, column], OnnxGraph.Attribute("axis", 0L));
        var (standard, log) = ScaleGraph.Of(
            graph, value, Column(graph.Weight("scale.mean")), Column(ScaleGraph.Deviation(graph)), Column(ScaleGraph.Typical(graph)));
        var first = (graph.Node("Max", [bucket, graph.WholeNumber(0)]), graph.Node("Where", [isNumber, standard, graph.ToFloat(isCategory)]));
        var second = (graph.Add(column, graph.WholeNumber(2 * numbers)), graph.Node("Where", [isNumber, log, graph.Number(0)]));
        string Both(string table) => graph.Add(graph.Bag(table, first.Item1, first.Item2), graph.Bag(table, second.Item1, second.Item2));

        var wide = graph.Add(Both(graph.Weight("wide.table.weight")), graph.Weight("wide_bias"));
        if (!graph.Has("first.table.weight"))
            return wide;
        var hidden = graph.Relu(graph.Add(Both(graph.Weight("first.table.weight")), graph.Weight("first_bias")));
        return graph.Add(wide, TableGraphs.Perceptron(graph, hidden, "deep."));
    }

    // Document frequencies: v (1 + ln((1 + examples) / (1 + count))), 0 for unknown features, scaled to unit length per row.
    private static string Rarity(OnnxGraph graph, string buckets, string values)
    {
        var counts = graph.Node("Gather", [graph.Weight("frequencies.counts"), buckets], OnnxGraph.Attribute("axis", 0L));
        var ratio = graph.Divide(graph.Add(graph.Weight("frequencies.examples"), graph.Number(1)), graph.Add(counts, graph.Number(1)));
        var weighted = graph.Multiply(values, graph.Add(graph.Node("Log", [ratio]), graph.Number(1)));
        weighted = graph.Multiply(weighted, graph.ToFloat(graph.Node("Greater", [counts, graph.Number(0)])));
        var squares = graph.Node("ReduceSum", [graph.Multiply(weighted, weighted), graph.Whole(1)], OnnxGraph.Attribute("keepdims", 1L));
        return graph.Divide(weighted, graph.Node("Sqrt", [graph.Node("Max", [squares, graph.Number(MinSquaredLength)])]));
    }
}
