using System.Diagnostics.Metrics;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Telemetry;

/// <summary>The instruments of a learner with score nodes: gauges and counters over its nodes, read on collection. Absent without a cluster.</summary>
internal sealed class ClusterInstruments : IDisposable
{
    private readonly Meter _meter = new(HostInstruments.Name);
    private readonly LearnerView _view;

    public ClusterInstruments(LearnerView view)
    {
        _view = view;
        Gauges("hnm.cluster.nodes", "{node}", "Score nodes with a session.", (_, cluster) => [new(cluster.Nodes.Count)]);
        Gauges("hnm.cluster.partitions_unread", "{partition}", "Partitions that the learner has a position of and no score node reads.", (_, _) => [new(Unread())]);
        Gauges("hnm.cluster.node_lag", "{record}", "Records that a node has still to read.", (_, cluster) => PerNode(cluster, node => node.Lag));
        Gauges("hnm.cluster.node_version", "{version}", "The version of the weights that a node scores with.", (_, cluster) => PerNode(cluster, node => node.Version));
        Gauges("hnm.cluster.node_versions_behind", "{version}", "Versions between the newest weights and those that a node scores with.", (status, cluster) => PerNode(cluster, node => Math.Max(0, status.Training.ModelVersion - node.Version)));
        Gauges("hnm.cluster.node_admission_age", "s", "Time since a batch of a node was admitted; absent before the first.", (_, cluster) => PerNode(cluster, node => node.SecondsSinceAdmission ?? double.NaN));
        Counters("hnm.cluster.sessions", "{session}", "Sessions with score nodes.", (_, cluster) => [new(cluster.Sessions)]);
        Counters("hnm.cluster.batches_rejected", "{batch}", "Batches of score nodes that were not admitted, and whose records are read again.", (_, cluster) => [new(cluster.RejectedBatches)]);
        Counters("hnm.cluster.candidates", "{candidate}", "Candidates for the pool, by outcome: admitted, or missed because a score node did not send their payload.", (status, _) =>
            status.Ranking.Bound is { } bound ? [new(bound.Admitted, Tag("outcome", "admitted")), new(bound.Missed, Tag("outcome", "missed"))] : []);
    }

    public void Dispose() => _meter.Dispose();

    // Of the topic of examples.
    private int Unread() => _view.Sources?.Consumer().Partitions.Count(partition => !partition.IsAssigned) ?? 0;

    private static IEnumerable<Measurement<double>> PerNode(ClusterStatus cluster, Func<NodeStatus, double> read) =>
        cluster.Nodes.Select(node => new Measurement<double>(read(node), Tag("node", node.Node)));

    private void Gauges(string name, string unit, string description, Func<PipelineStatus, ClusterStatus, IEnumerable<Measurement<double>>> read) =>
        _meter.CreateObservableGauge(name, () => Read(read), unit, description);

    private void Counters(string name, string unit, string description, Func<PipelineStatus, ClusterStatus, IEnumerable<Measurement<double>>> read) =>
        _meter.CreateObservableCounter(name, () => Read(read), unit, description);

    private IEnumerable<Measurement<double>> Read(Func<PipelineStatus, ClusterStatus, IEnumerable<Measurement<double>>> read) =>
        _view.Sources?.Status() is { Cluster: { } cluster } status ? read(status, cluster).Where(measurement => double.IsFinite(measurement.Value)) : [];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
