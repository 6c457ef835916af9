using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Options;
using HnmStreams.Data.Synthetic;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Offline;
using HnmStreams.Pipeline;
using HnmStreams.Tasks.Catalog;

namespace HnmStreams.Configuration.Sections;

/// <summary>All settings of the service, the root of <c>hnm.json</c>. The options class of each section is in the project that uses it.</summary>
public sealed class HnmOptions
{
    /// <summary>The task file, which is layered over this file. The path is relative to the file that names it.</summary>
    public string? TaskFile { get; set; }

    [Required]
    public KafkaOptions Kafka { get; set; } = new();

    [Required]
    public ConsumingOptions Consuming { get; set; } = new();

    [Required]
    public ProducingOptions Producing { get; set; } = new();

    /// <summary>The format and the limits of a record.</summary>
    [Required]
    public WireOptions Wire { get; set; } = new();

    [Required]
    public TaskOptions Task { get; set; } = new();

    [Required]
    public PipelineOptions Pipeline { get; set; } = new();

    [Required]
    public LabelsOptions Labels { get; set; } = new();

    /// <summary>
    /// The data set: the part that the built-in producer sends, and the test part that evaluates the model in addition to
    /// the held-out share of <c>pipeline.evaluation</c>.
    /// </summary>
    [Required]
    public DataOptions Data { get; set; } = new();

    /// <summary>The synthetic stream, which feeds a run if neither a data set nor a Kafka topic is configured.</summary>
    [Required]
    public SyntheticOptions Synthetic { get; set; } = new();

    /// <summary>The settings of offline mining (<c>hnm mine</c>).</summary>
    [Required]
    public MineOptions Mine { get; set; } = new();

    [Required]
    public EmbeddedOptions Embedded { get; set; } = new();

    [Required]
    public RunOptions Run { get; set; } = new();

    [Required]
    public CheckpointsOptions Checkpoints { get; set; } = new();

    [Required]
    public ModelsOptions Models { get; set; } = new();

    [Required]
    public ClusterOptions Cluster { get; set; } = new();

    [Required]
    public ServeOptions Serve { get; set; } = new();

    [Required]
    public HttpOptions Http { get; set; } = new();

    [Required]
    public TelemetryOptions Telemetry { get; set; } = new();
}
