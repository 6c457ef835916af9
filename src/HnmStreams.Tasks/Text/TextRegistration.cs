using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Encoders;
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

    public bool TakesEncoder => true;

    public IMiningTask Create(TaskOptions options) => options.Encoder.File is null
        ? new TextTask(options.Text) { ModelFile = options.Model }
        : new EncodedLabelTask(Name, options.Text, EncoderLoader.OfTexts(options.Encoder, "task.text", options.Text.MaxCharacters, options.Text.Excerpt)) { ModelFile = options.Model };
}
