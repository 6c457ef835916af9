using System.ComponentModel.DataAnnotations;
using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Configuration.Sections;

/// <summary>Where a run starts, when it ends, and what it leaves behind.</summary>
public sealed class RunOptions : IValidatableObject
{
    /// <summary><c>earliest</c>, <c>latest</c>, an offset, or an ISO-8601 time.</summary>
    [Required]
    public string From { get; set; } = "earliest";

    /// <summary>Begin anew, whatever checkpoints there are; they stay until newer ones push them out.</summary>
    public bool Fresh { get; set; }

    /// <summary>Where the topic is not the one of the checkpoint any more (deleted and made again): <c>stop</c>, or go on with the model at the new topic's <c>earliest</c> record.</summary>
    [Required, AllowedValues("stop", "earliest")]
    public string RecreatedTopic { get; set; } = "stop";

    /// <summary>Stop when all partitions are read to their end.</summary>
    public bool UntilEnd { get; set; }

    /// <summary>Times within <see cref="RestartWindow"/> that a learner that failed is torn down, loaded from its newest checkpoint and placed again; then the run fails.</summary>
    [Range(0, 1_000)]
    public int Restarts { get; set; } = 5;

    /// <inheritdoc cref="Restarts"/>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RestartWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to consume; null is until stopped.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "3650.00:00:00")]
    public TimeSpan? For { get; set; }

    /// <summary>Examples to consume, those of the checkpoint included that the run goes on from; null is until stopped.</summary>
    [Range(1, long.MaxValue)]
    public long? Limit { get; set; }

    /// <summary>Safetensors to start from; null is fresh weights.</summary>
    public string? Init { get; set; }

    /// <summary>Where the summary (JSON) goes when the run ends; null is nowhere.</summary>
    public string? Summary { get; set; }

    /// <summary>How long a stop may take to finish what is in flight, to judge and to save. Keep it under the grace time of whoever sends SIGTERM.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How progress is shown: live in a terminal, plain lines, nothing, or (auto) live where there is a terminal.</summary>
    [AllowedValues("auto", "live", "plain", "none")]
    public string Display { get; set; } = "auto";

    /// <summary>Time between two plain lines.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ReportEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!StartPosition.TryParse(From, out _, out _))
            yield return new ValidationResult("allowed is earliest, latest, an offset (0 or more), or an ISO-8601 time such as 2026-01-31T08:00:00Z", [nameof(From)]);
        if (Init is { } path && !File.Exists(path))
            yield return new ValidationResult("allowed is a safetensors file that exists", [nameof(Init)]);
    }
}
