using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Export.Graphs;

/// <summary>The graph of <see cref="RunningScale"/> with the statistics of a version, whose values are computed at export.</summary>
internal static class ScaleGraph
{
    private const double MaxInput = 1e15;
    private const double MaxStandard = 10;

    /// <summary>Returns the deviations of the columns: max(sqrt(variance), 1e-5 |mean| + 1e-12).</summary>
    public static string Deviation(OnnxGraph graph)
    {
        using var scope = NewDisposeScope();
        var smallest = graph["scale.mean"].abs().mul(Constants.Of(1e-5)).add(Constants.Of(1e-12), Constants.One);
        return graph.Initializer("scale.deviation", maximum(graph["scale.variance"].sqrt(), smallest));
    }

    /// <summary>Returns the typical magnitudes of the columns: exp(log_mean).</summary>
    public static string Typical(OnnxGraph graph)
    {
        using var scope = NewDisposeScope();
        return graph.Initializer("scale.typical", graph["scale.log_mean"].exp());
    }

    /// <summary>Returns both values of each number: (x - mean) / deviation, clipped to ±10, and sign(x) ln(1 + |x| / typical).</summary>
    public static (string Standard, string Log) Of(OnnxGraph graph, string numbers, string mean, string deviation, string typical)
    {
        var x = graph.Node("Clip", [numbers, graph.Number(-MaxInput), graph.Number(MaxInput)]);
        var standard = graph.Node("Clip", [graph.Divide(graph.Subtract(x, mean), deviation), graph.Number(-MaxStandard), graph.Number(MaxStandard)]);
        var ratio = graph.Divide(graph.Node("Abs", [x]), typical);
        var log = graph.Multiply(graph.Node("Sign", [x]), graph.Node("Log", [graph.Add(ratio, graph.Number(1))]));
        return (standard, log);
    }
}
