using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Detection;

namespace HnmStreams.Tasks.Catalog;

public sealed partial class TaskOptions
{
    /// <summary>The settings of object detection.</summary>
    [Required]
    public DetectionOptions Detection { get; set; } = new() { Labels = ["object"] };
}

/// <summary>The task <c>detection</c> in the catalog.</summary>
internal sealed class DetectionRegistration : ITaskRegistration
{
    public string Name => "detection";

    public IMiningTask Create(TaskOptions options) => new DetectionTask(options.Detection) { ModelFile = options.Model };
}
