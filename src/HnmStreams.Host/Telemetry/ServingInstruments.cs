using System.Diagnostics.Metrics;
using HnmStreams.Web.Serving;

namespace HnmStreams.Host.Telemetry;

/// <summary>The instruments of a serving process: gauges over its state, read on collection. Events are counted where they happen.</summary>
internal sealed class ServingInstruments : IDisposable
{
    private readonly Meter _meter = new(HostInstruments.Name);

    public ServingInstruments(ServingView view, TimeProvider time)
    {
        Gauge("hnm.serve.ready", "1", "1 while a model is served, otherwise 0.", () => view is { Phase: ServingPhase.Serving, Pipeline.Status.Models.Model: not null } ? 1 : 0);
        Gauge("hnm.serve.model_version", "{version}", "The served version; absent before the first.", () => view.Pipeline?.Status.Models.Model?.Version);
        Gauge("hnm.serve.model_age", "s", "Time since the served version was promoted or saved; absent before the first.", () => view.Pipeline?.Status.Models.Model is { } card ? (time.GetUtcNow() - card.CreatedAt).TotalSeconds : null);
        Gauge("hnm.serve.models_refused", "{version}", "Saved versions in the folder that cannot be served.", () => view.Pipeline?.Status.Models.Refused.Count);
    }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string unit, string description, Func<double?> read) =>
        _meter.CreateObservableGauge(name, () => read() is { } value ? [new Measurement<double>(value)] : Array.Empty<Measurement<double>>(), unit, description);
}
