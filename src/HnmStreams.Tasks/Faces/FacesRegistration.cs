using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Backbones;
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

    public IMiningTask Create(TaskOptions options)
    {
        var shape = new ImageShape(options.Faces.Height, options.Faces.Width, options.Faces.Channels);
        return options switch
        {
            { Backbone.File: not null } => new BackboneEmbeddingTask(Name, options.Faces, TrainableBackbone.OfImages(options.Backbone, shape), isJudgedInIndex: false),
            { Encoder.File: not null } => new EncodedEmbeddingTask(Name, options.Faces, EncoderLoader.OfImages(options.Encoder, shape), isJudgedInIndex: false) { ModelFile = options.Model },
            _ => new FacesTask(options.Faces) { ModelFile = options.Model },
        };
    }
}
