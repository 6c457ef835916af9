using System.ComponentModel.DataAnnotations;
using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Configuration.Sections;

/// <summary>The start, the end and the results of a run.</summary>
public sealed class RunOptions : IValidatableObject
{
    /// <summary>The start position of a run without a checkpoint: <c>earliest</c>, <c>latest</c>, an offset, or an ISO-8601 time.</summary>
    [Required]
    public string From { get; set; } = "earliest";

    /// <summary>Ignores existing checkpoints and starts with new weights. The old checkpoints stay until newer ones replace them.</summary>
    public bool Fresh { get; set; }

    /// <summary>The reaction to a topic that was deleted and created again since the checkpoint: <c>stop</c>, or continue with the model at the <c>earliest</c> record of the new topic.</summary>
    [Required, AllowedValues("stop", "earliest")]
    public string RecreatedTopic { get; set; } = "stop";

    /// <summary>Stops when all partitions are read to their present end.</summary>
    public bool UntilEnd { get; set; }

    /// <summary>The number of restarts from the newest checkpoint that a failed learner gets within <see cref="RestartWindow"/>. After that the run fails.</summary>
    [Range(0, 1_000)]
    public int Restarts { get; set; } = 5;

    /// <summary>The time window in which restarts are counted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RestartWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The duration of the run. If it is not set, the run continues until it is stopped.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "3650.00:00:00")]
    public TimeSpan? For { get; set; }

    /// <summary>The number of records to consume, rejected ones and tombstones included, as well as those of the checkpoint that the run continues from. If it is not set, the run continues until it is stopped.</summary>
    [Range(1, long.MaxValue)]
    public long? Limit { get; set; }

    /// <summary>
    /// The share of rejected records above which the run fails, 0 to 1, counted from its start and after <see cref="MinRejectionRecords"/> records.
    /// The error names the most frequent reason and one example. With 1 the run never fails for this reason.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MaxRejectedShare { get; set; } = 0.95;

    /// <summary>The number of records after which <see cref="MaxRejectedShare"/> applies, 1 to 1,000,000,000.</summary>
    [Range(1, 1_000_000_000)]
    public long MinRejectionRecords { get; set; } = 1_000;

    /// <summary>
    /// Lets settings that are not set follow from the data: the number of examples per step from the costs of scoring and training, and for a data set that
    /// this process sends the examples before the first step, the batch size and the weight decay if it has positives, larger first steps for tables and texts,
    /// and, with challengers, the held-out share. <c>hnm run</c> prints them, and any of them can be set.
    /// </summary>
    public bool StartingPoints { get; set; } = true;

    /// <summary>A safetensors file with initial weights. If it is not set, the weights are initialized from the seed.</summary>
    public string? Init { get; set; }

    /// <summary>The file that receives the summary as JSON when the run ends.</summary>
    public string? Summary { get; set; }

    /// <summary>The file that receives a report about the run as one HTML file when the run ends.</summary>
    public string? Report { get; set; }

    /// <summary>The time limit of a shutdown for finishing the work in flight, the last evaluation and the last checkpoint. Keep it below the grace period of your process supervisor.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The progress display: a <c>live</c> table, <c>plain</c> lines, <c>none</c>, or <c>auto</c> for a live table in a terminal and plain lines elsewhere.</summary>
    [AllowedValues("auto", "live", "plain", "none")]
    public string Display { get; set; } = "auto";

    /// <summary>The interval of plain progress lines.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ReportEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!StartPosition.TryParse(From, out _, out _))
            yield return new ValidationResult("must be earliest, latest, an offset of at least 0, or an ISO-8601 time such as 2026-01-31T08:00:00Z", [nameof(From)]);
        if (Init is { } path && !File.Exists(path))
            yield return new ValidationResult("must be a safetensors file that exists", [nameof(Init)]);
    }
}
