using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using HnmStreams.Host.Telemetry;
using HnmStreams.Kafka.Telemetry;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Nodes;

namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>An instrument of the service's meters.</summary>
internal sealed record Instruments(string Name, string? Unit, bool IsCounter)
{
    /// <summary>The name in the Prometheus exposition: with the unit as a suffix, and <c>_total</c> for counters.</summary>
    public string PrometheusName => Name.Replace('.', '_') + (Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" }) + (IsCounter ? "_total" : "");

    /// <summary>Returns all instruments that the service can create.</summary>
    public static IReadOnlyList<Instruments> All()
    {
        var found = new List<Instruments>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name.StartsWith("HnmStreams.", StringComparison.Ordinal))
                found.Add(new Instruments(instrument.Name, instrument.Unit, instrument.GetType().GetGenericTypeDefinition() is var type && (type == typeof(Counter<>) || type == typeof(ObservableCounter<>))));
        };
        RuntimeHelpers.RunClassConstructor(typeof(KafkaInstruments).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(CounterMetric).Assembly.GetType("HnmStreams.Pipeline.Telemetry.PipelineInstruments", throwOnError: true)!.TypeHandle);
        using var host = new HostInstruments(new LearnerView(TimeProvider.System), TimeProvider.System);
        using var cluster = new ClusterInstruments(new LearnerView(TimeProvider.System));
        using var node = new NodeInstruments(new NodeView(TimeProvider.System));
        listener.Start();
        found.AddRange(StreamCounters.All.Select(c => c.Metric).Concat(LabelCounter.All.Select(c => c.Metric)).Concat(LabelRequestCounter.All.Select(c => c.Metric)).OfType<CounterMetric>().Select(m => new Instruments(m.Name, m.Unit, IsCounter: true)));
        return found;
    }
}
