using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Retrieval;

namespace HnmStreams.Tasks.Catalog;

public sealed partial class TaskOptions
{
    /// <summary>The settings of the retrieval of texts.</summary>
    [Required]
    public RetrievalOptions Retrieval { get; set; } = new();
}

/// <summary>The task <c>retrieval</c> in the catalog.</summary>
internal sealed class RetrievalRegistration : ITaskRegistration
{
    public string Name => "retrieval";

    public IMiningTask Create(TaskOptions options) => new RetrievalTask(options.Retrieval) { ModelFile = options.Model };
}
