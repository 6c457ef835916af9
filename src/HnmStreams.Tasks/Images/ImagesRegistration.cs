using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Backbones;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Images.Augmenting;

namespace HnmStreams.Tasks.Catalog;

public sealed partial class TaskOptions
{
    /// <summary>The settings of the classification of small images.</summary>
    [Required]
    public ImagesOptions Images { get; set; } = new() { Positive = "1" };
}

/// <summary>The task <c>images</c> in the catalog.</summary>
internal sealed class ImagesRegistration : ITaskRegistration
{
    public string Name => "images";

    public bool TakesEncoder => true;

    public IMiningTask Create(TaskOptions options)
    {
        var shape = new ImageShape(options.Images.Height, options.Images.Width, options.Images.Channels);
        return options switch
        {
            { Backbone.File: not null } => new BackboneLabelTask(
                Name, options.Images, TrainableBackbone.OfImages(options.Backbone, shape), new ImageAugmentation(options.Images.Augment)),
            { Encoder.File: not null } => new EncodedLabelTask(Name, options.Images, EncoderLoader.OfImages(options.Encoder, shape)) { ModelFile = options.Model },
            _ => new ImagesTask(options.Images) { ModelFile = options.Model },
        };
    }
}
