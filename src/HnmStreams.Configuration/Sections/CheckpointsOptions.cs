using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>The location of the learner's state. Interval and number of checkpoints are set in <c>pipeline.checkpointing</c>.</summary>
public sealed class CheckpointsOptions : IValidatableObject
{
    /// <summary>The value that turns checkpoints off.</summary>
    public const string Off = "off";

    /// <summary>
    /// The folder of the checkpoints. One learner at a time uses it; a second process waits as a standby. If it is not set,
    /// the folder is <c>checkpoints/</c> followed by the name of the consumer group, or, with an embedded cluster, a
    /// temporary folder that is deleted at the end. <c>off</c> keeps no state. With <c>objectStore</c> it is the working copy.
    /// </summary>
    public string? Folder { get; set; }

    [Required]
    public ObjectStoreOptions ObjectStore { get; set; } = new();

    public bool IsOff => string.Equals(Folder?.Trim(), Off, StringComparison.OrdinalIgnoreCase);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsOff && ObjectStore.IsSet)
            yield return new ValidationResult("must be a folder if 'checkpoints.objectStore.bucket' is set: the learner needs a working copy of its state. Set a folder, or remove the bucket", [nameof(Folder)]);
    }
}
