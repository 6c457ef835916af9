using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Faces;

namespace HnmStreams.Tasks.Catalog;

public sealed partial class TaskOptions
{
    /// <summary>The settings of the embedding of people.</summary>
    [Required]
    public FacesOptions Faces { get; set; } = new();
}

/// <summary>The task <c>faces</c> in the catalog.</summary>
internal sealed class FacesRegistration : ITaskRegistration
{
    public string Name => "faces";

    public IMiningTask Create(TaskOptions options) => new FacesTask(options.Faces) { ModelFile = options.Model };
}
