using System.Diagnostics.Metrics;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Telemetry;

/// <summary>
/// What the garbage collector does not see: native tensors. Their number is flat in a healthy service. Observed only, so
/// that it costs nothing on the hot path.
/// </summary>
public sealed class TorchInstruments : IDisposable
{
    public const string MeterName = "HnmStreams.Torch";

    private readonly Meter _meter = new(MeterName);

    public TorchInstruments()
    {
        _meter.CreateObservableGauge("hnm.torch.tensors", () => Tensor.TotalCount, "{tensor}", "Native tensors alive in the process.");
        _meter.CreateObservableGauge("hnm.torch.tensors.peak", () => Tensor.PeakCount, "{tensor}", "Most native tensors that were alive at once.");
    }

    public void Dispose() => _meter.Dispose();
}
