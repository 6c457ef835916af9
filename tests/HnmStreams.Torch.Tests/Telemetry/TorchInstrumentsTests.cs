using System.Diagnostics.Metrics;
using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Telemetry;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Telemetry;

public sealed class TorchInstrumentsTests
{
    [Fact]
    public void The_number_of_native_tensors_is_to_be_seen()
    {
        TorchLibrary.EnsureLoaded();
        using var instruments = new TorchInstruments();
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (string.Equals(instrument.Meter.Name, TorchInstruments.MeterName, StringComparison.Ordinal))
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();
        using var kept = ones(1);
        var live = LiveTensors.Settled();
        listener.RecordObservableInstruments();
        Assert.Equal(live, seen["hnm.torch.tensors"]);
        Assert.InRange(seen["hnm.torch.tensors.peak"], seen["hnm.torch.tensors"], long.MaxValue);
    }
}
