using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Sections;

/// <summary>The places of saved models.</summary>
public sealed class ModelsOptions
{
    /// <summary>The folder of saved models. Each run creates a subfolder with one folder per model version. If it is not set, no model is saved.</summary>
    public string? Folder { get; set; } = "models";

    [Required]
    public MlflowRegistryOptions Mlflow { get; set; } = new();
}
