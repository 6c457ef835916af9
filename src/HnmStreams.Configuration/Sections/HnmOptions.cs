using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Options;
using HnmStreams.Data.Synthetic;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Offline;
using HnmStreams.Pipeline;
using HnmStreams.Tasks.Catalog;

namespace HnmStreams.Configuration.Sections;

/// <summary>All settings of the service: the root of <c>hnm.json</c>. Each section stands with the part that it shapes.</summary>
public sealed class HnmOptions
{
    /// <summary>The task's own file, layered over this one; relative to the file that names it.</summary>
    public string? TaskFile { get; set; }

    [Required]
    public KafkaOptions Kafka { get; set; } = new();

    [Required]
    public ConsumingOptions Consuming { get; set; } = new();

    [Required]
    public ProducingOptions Producing { get; set; } = new();

    /// <summary>What an example on the wire may be at most.</summary>
    [Required]
    public WireLimits Wire { get; set; } = new();

    [Required]
    public TaskOptions Task { get; set; } = new();

    [Required]
    public PipelineOptions Pipeline { get; set; } = new();

    /// <summary>
    /// The data set: what the built-in producer sends of it, and what is judged by, beside the held-out share of
    /// <c>pipeline.evaluation</c>.
    /// </summary>
    [Required]
    public DataOptions Data { get; set; } = new();

    /// <summary>The synthetic stream that feeds a run where nothing else does.</summary>
    [Required]
    public SyntheticOptions Synthetic { get; set; } = new();

    /// <summary><c>hnm mine</c>.</summary>
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
    public HttpOptions Http { get; set; } = new();

    [Required]
    public TelemetryOptions Telemetry { get; set; } = new();
}
