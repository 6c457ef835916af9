using System.Diagnostics.Metrics;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Operating;

namespace HnmStreams.Host.Telemetry;

/// <summary>The gauges of GPU memory. Absent if the learner is not on a GPU.</summary>
internal sealed class GpuInstruments : IDisposable
{
    private readonly Meter _meter = new(HostInstruments.Name);

    public GpuInstruments(LearnerView view, SystemState system)
    {
        Gauge("hnm.gpu.memory.used", "Memory of the GPU that all processes use, as the driver reports it.", gpu => gpu.UsedBytes);
        Gauge("hnm.gpu.memory.limit", "Memory of the GPU.", gpu => gpu.TotalBytes);

        void Gauge(string name, string description, Func<GpuMemory, long> read) => _meter.CreateObservableGauge(
            name,
            () => system.Gpus(view.Sources).Select(gpu => new Measurement<long>(read(gpu), new KeyValuePair<string, object?>("gpu", gpu.Index))),
            "By",
            description);
    }

    public void Dispose() => _meter.Dispose();
}
