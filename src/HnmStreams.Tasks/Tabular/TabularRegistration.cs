using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Options;
using HnmStreams.Tasks.Tabular;

namespace HnmStreams.Tasks.Catalog;

public sealed partial class TaskOptions
{
    /// <summary>The settings of the classification of tables.</summary>
    [Required]
    public TabularOptions Tabular { get; set; } = new();
}

/// <summary>The task <c>tabular</c> in the catalog.</summary>
internal sealed class TabularRegistration : ITaskRegistration
{
    public string Name => "tabular";

    public TableInput TableInput(TaskOptions options) => options.Tabular.Features is null ? Data.Options.TableInput.Features : Data.Options.TableInput.Tensor;

    public IMiningTask Create(TaskOptions options) => new TabularTask(options.Tabular) { ModelFile = options.Model };
}
