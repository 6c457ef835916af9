using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Images;

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

    public IMiningTask Create(TaskOptions options) => options.Encoder.File is null
        ? new ImagesTask(options.Images) { ModelFile = options.Model }
        : new EncodedLabelTask(Name, options.Images, EncoderLoader.OfImages(options.Encoder, new ImageShape(options.Images.Height, options.Images.Width, options.Images.Channels))) { ModelFile = options.Model };
}
