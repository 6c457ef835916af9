using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Backbones;
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

    public IMiningTask Create(TaskOptions options)
    {
        var text = options.Text;
        return options switch
        {
            { Backbone.File: not null } => new BackboneLabelTask(Name, text, TrainableBackbone.OfTexts(options.Backbone, "task.text", text.MaxCharacters, text.Excerpt)),
            { Encoder.File: not null } => new EncodedLabelTask(Name, text, EncoderLoader.OfTexts(options.Encoder, "task.text", text.MaxCharacters, text.Excerpt)) { ModelFile = options.Model },
            _ => new TextTask(text) { ModelFile = options.Model },
        };
    }
}
