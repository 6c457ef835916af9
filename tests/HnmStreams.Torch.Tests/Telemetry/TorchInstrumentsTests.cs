using System.Diagnostics.Metrics;
using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Telemetry;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Telemetry;

public sealed class TorchInstrumentsTests
{
    [Fact]
    public void Reports_the_number_of_native_tensors_and_its_peak()
    {
        TorchLibrary.EnsureLoaded();
        using var instruments = new TorchInstruments();
        var measured = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (string.Equals(instrument.Meter.Name, TorchInstruments.MeterName, StringComparison.Ordinal))
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.Start();
        using var kept = ones(1);
        var live = LiveTensors.Settled();
        listener.RecordObservableInstruments();
        Assert.Equal(live, measured["hnm.torch.tensors"]);
        Assert.InRange(measured["hnm.torch.tensors.peak"], measured["hnm.torch.tensors"], long.MaxValue);
    }
}
