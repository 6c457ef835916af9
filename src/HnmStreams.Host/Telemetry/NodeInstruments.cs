using System.Diagnostics.Metrics;
using HnmStreams.Pipeline.Cluster;
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
        _meter.CreateObservableCounter("hnm.node.read", () => view.Status?.BytesRead ?? 0, "By", "Bytes of keys and values read.");
        _meter.CreateObservableCounter("hnm.node.sent", () => Sent(view.Status?.Sent ?? default), "By", "Bytes of batches sent to the learner, by reason: rows for everything but payloads, and the reasons for which payloads were sent.");
        _meter.CreateObservableCounter("hnm.node.sessions", () => view.Status?.Sessions ?? 0, "{session}", "Sessions with a learner.");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<long>[] Sent(in SentBytes sent) =>
    [
        new(sent.Rows, Reason("rows")),
        new(sent.Pool, Reason("pool")),
        new(sent.Reservoir, Reason("reservoir")),
        new(sent.Positives, Reason("positive")),
        new(sent.HeldOut, Reason("held-out")),
        new(sent.Required, Reason("required")),
    ];

    private static KeyValuePair<string, object?> Reason(string reason) => new("reason", reason);
}
