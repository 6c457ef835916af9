using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Text;

namespace HnmStreams.Tasks.Catalog;

public sealed partial class TaskOptions
{
    /// <summary>The settings of the classification of texts.</summary>
    [Required]
    public TextOptions Text { get; set; } = new();
}

/// <summary>The task <c>text</c> in the catalog.</summary>
internal sealed class TextRegistration : ITaskRegistration
{
    public string Name => "text";

    public IMiningTask Create(TaskOptions options) => new TextTask(options.Text) { ModelFile = options.Model };
}
