using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>Where traces, metrics and logs go. Without an endpoint nothing is sent; <c>/metrics</c> is there all the same.</summary>
public sealed class TelemetryOptions
{
    /// <summary>OTLP collector, for example <c>http://127.0.0.1:4317</c>; null takes OTEL_EXPORTER_OTLP_ENDPOINT, where that is set.</summary>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>How the collector is spoken to; null takes OTEL_EXPORTER_OTLP_PROTOCOL, else grpc.</summary>
    [AllowedValues(null, "grpc", "http/protobuf")]
    public string? OtlpProtocol { get; set; }

    /// <summary>Name of the service in telemetry, with <c>-producer</c> behind it for <c>hnm produce</c>; OTEL_SERVICE_NAME wins.</summary>
    [Required]
    public string ServiceName { get; set; } = "hnm";

    /// <summary>Share of the records produced here whose way is traced; other producers decide by their own <c>traceparent</c>. Batches and steps are traced where such a record is among them.</summary>
    [Range(0.0, 1.0)]
    public double TraceShare { get; set; } = 0.0001;

    /// <summary>What is logged, from this level up.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;
}
