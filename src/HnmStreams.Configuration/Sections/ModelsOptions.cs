namespace HnmStreams.Configuration.Sections;

/// <summary>Where models are saved.</summary>
public sealed class ModelsOptions
{
    /// <summary>Each run makes a folder of its own in it, with one folder a model version; null saves nothing.</summary>
    public string? Folder { get; set; } = "models";
}
