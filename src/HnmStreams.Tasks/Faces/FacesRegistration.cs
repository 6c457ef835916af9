using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Faces;
using HnmStreams.Tasks.Images;

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

    public bool TakesEncoder => true;

    public IMiningTask Create(TaskOptions options) => options.Encoder.File is null
        ? new FacesTask(options.Faces) { ModelFile = options.Model }
        : new EncodedEmbeddingTask(Name, options.Faces, EncoderLoader.OfImages(options.Encoder, new ImageShape(options.Faces.Height, options.Faces.Width, options.Faces.Channels)), isJudgedInIndex: false) { ModelFile = options.Model };
}
