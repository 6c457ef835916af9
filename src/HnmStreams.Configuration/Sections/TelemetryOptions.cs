using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>The export of traces, metrics and logs. Without an endpoint nothing is exported; <c>/metrics</c> works in any case.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The OTLP endpoint of a collector, for example <c>http://127.0.0.1:4317</c>. If it is not set, <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> applies.</summary>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>The OTLP protocol. If it is not set, <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> applies, else grpc.</summary>
    [AllowedValues(null, "grpc", "http/protobuf")]
    public string? OtlpProtocol { get; set; }

    /// <summary>The service name in telemetry; <c>hnm produce</c> appends <c>-producer</c>. <c>OTEL_SERVICE_NAME</c> takes precedence.</summary>
    [Required]
    public string ServiceName { get; set; } = "hnm";

    /// <summary>The share of the records produced by this service that start a trace, 0 to 1. Other producers decide by their own <c>traceparent</c>. The trace of a record contains its batch, score and rank, and the training steps and versions that follow, up to 12 steps.</summary>
    [Range(0.0, 1.0)]
    public double TraceShare { get; set; } = 0.0001;

    /// <summary>
    /// The number of traces of records that the page keeps in memory, 0 to 100,000, each with at most 64 spans. The oldest leave, those that
    /// were not trained on first. 0 keeps none.
    /// </summary>
    [Range(0, 100_000)]
    public int KeptTraces { get; set; } = 400;

    /// <summary>
    /// The folder to which a run writes its curves as TensorBoard event files, in a subfolder named by its start: loss, metrics and throughput, every 5 seconds by step. Null
    /// writes none.
    /// </summary>
    public string? TensorBoardFolder { get; set; }

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;
}
