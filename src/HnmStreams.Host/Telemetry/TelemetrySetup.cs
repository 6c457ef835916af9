using System.Diagnostics.Metrics;
using HnmStreams.Configuration.Sections;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace HnmStreams.Host.Telemetry;

/// <summary>The export of all meters and activity sources of the service: to Prometheus always, and to an OTLP collector if one is configured.</summary>
internal static class TelemetrySetup
{
    private const string AllOwnSources = "HnmStreams.*";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Service = "OTEL_SERVICE_NAME";

    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Adds metrics, traces and logs to the web application.</summary>
    /// <param name="environment">The environment, whose OTEL_ variables keep their standard meaning.</param>
    public static void AddTelemetry(this WebApplicationBuilder builder, TelemetryOptions options, IReadOnlyDictionary<string, string> environment)
    {
        var standard = Standard(options, environment);
        builder.Configuration.AddInMemoryCollection(standard);
        var collected = standard.Keys.Any(IsEndpoint);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(standard.GetValueOrDefault(Service) ?? options.ServiceName))
            .WithMetrics(metrics => Measure(metrics, collected));
        if (!collected)
            return;
        telemetry.WithTracing(traces => Trace(traces, options).AddAspNetCoreInstrumentation());
        telemetry.WithLogging(logs => logs.AddOtlpExporter(), logs => logs.IncludeFormattedMessage = true);
    }

    /// <summary>Creates the tracer provider of a separate producer process; null if no collector is configured. Disposing it sends the remaining spans.</summary>
    public static TracerProvider? ProducerTraces(TelemetryOptions options, IReadOnlyDictionary<string, string> environment)
    {
        var standard = Standard(options, environment);
        if (!standard.Keys.Any(IsEndpoint))
            return null;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(standard).Build();
        return Trace(Sdk.CreateTracerProviderBuilder(), options)
            .ConfigureServices(services => services.AddSingleton<IConfiguration>(configuration))
            .ConfigureResource(r => r.AddService(standard.GetValueOrDefault(Service) ?? options.ServiceName + "-producer"))
            .Build();
    }

    /// <summary>Returns the OTEL_ variables, overridden by the settings. The exporters read them.</summary>
    public static Dictionary<string, string?> Standard(TelemetryOptions options, IReadOnlyDictionary<string, string> environment)
    {
        var variables = environment
            .Where(v => v.Key.StartsWith("OTEL_", StringComparison.Ordinal) && v.Value.Length > 0)
            .ToDictionary(v => v.Key, v => (string?)v.Value, StringComparer.OrdinalIgnoreCase);
        if (options.OtlpEndpoint is { } endpoint)
            variables[Endpoint] = endpoint.ToString();
        if (options.OtlpProtocol is { } protocol)
            variables[Protocol] = protocol;
        return variables;
    }

    /// <summary>Returns buckets in seconds for duration histograms. The default buckets assume milliseconds, but OpenTelemetry's conventions require seconds.</summary>
    private static ExplicitBucketHistogramConfiguration? BucketsOf(Instrument instrument) =>
        instrument is { Unit: "s" } and (Histogram<double> or Histogram<float>) && instrument.Meter.Name.StartsWith("HnmStreams.", StringComparison.Ordinal)
            ? new ExplicitBucketHistogramConfiguration { Boundaries = Seconds }
            : null;

    private static bool IsEndpoint(string name) =>
        name.StartsWith("OTEL_EXPORTER_OTLP_", StringComparison.OrdinalIgnoreCase) && name.EndsWith("ENDPOINT", StringComparison.OrdinalIgnoreCase);

    private static TracerProviderBuilder Trace(TracerProviderBuilder traces, TelemetryOptions options) =>
        traces.SetSampler(new ProducerDecidedSampler(options.TraceShare)).AddSource(AllOwnSources).AddOtlpExporter();

    private static void Measure(MeterProviderBuilder metrics, bool collected)
    {
        metrics.AddMeter(AllOwnSources).AddView(BucketsOf).AddRuntimeInstrumentation().AddAspNetCoreInstrumentation().AddPrometheusExporter();
        if (collected)
            metrics.AddOtlpExporter();
    }
}
