using System.Diagnostics.Metrics;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Telemetry;

/// <summary>
/// Metrics of native tensors, which the garbage collector does not count. Their number is constant in a healthy
/// service. Observable gauges cost nothing on the hot path.
/// </summary>
public sealed class TorchInstruments : IDisposable
{
    public const string MeterName = "HnmStreams.Torch";

    private readonly Meter _meter = new(MeterName);

    public TorchInstruments()
    {
        _meter.CreateObservableGauge("hnm.torch.tensors", () => Tensor.TotalCount, "{tensor}", "Number of native tensors in the process.");
        _meter.CreateObservableGauge("hnm.torch.tensors.peak", () => Tensor.PeakCount, "{tensor}", "Largest number of native tensors alive at the same time.");
    }

    public void Dispose() => _meter.Dispose();
}
