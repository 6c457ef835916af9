using System.Diagnostics.Metrics;
using HnmStreams.Web.Nodes;

namespace HnmStreams.Host.Telemetry;

/// <summary>The instruments of a score node: gauges and counters over its state, read on collection.</summary>
internal sealed class NodeInstruments : IDisposable
{
    private readonly Meter _meter = new(HostInstruments.Name);

    public NodeInstruments(NodeView view)
    {
        _meter.CreateObservableGauge("hnm.node.connected", () => view.WaitsFor is null ? 1 : 0, "1", "1 while the node has a session with a learner, otherwise 0.");
        _meter.CreateObservableGauge("hnm.node.partitions", () => view.Status?.Partitions.Count ?? 0, "{partition}", "Partitions that the node reads.");
        _meter.CreateObservableGauge("hnm.node.lag", () => view.Status?.Lag ?? 0, "{record}", "Records that the node has still to read.");
        _meter.CreateObservableGauge("hnm.node.model_version", () => view.Status?.Version ?? 0, "{version}", "The version of the weights that the node scores with.");
        _meter.CreateObservableCounter("hnm.node.scored", () => view.Status?.Scored ?? 0, "{example}", "Examples that the node has scored.");
        _meter.CreateObservableCounter("hnm.node.sent", () => view.Status?.BytesSent ?? 0, "By", "Bytes of batches sent to the learner.");
        _meter.CreateObservableCounter("hnm.node.sessions", () => view.Status?.Sessions ?? 0, "{session}", "Sessions with a learner.");
    }

    public void Dispose() => _meter.Dispose();
}
