using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Backbones;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Retrieval;

namespace HnmStreams.Tasks.Catalog;

public sealed partial class TaskOptions
{
    /// <summary>The settings of the retrieval of texts.</summary>
    [Required]
    public RetrievalOptions Retrieval { get; set; } = new();
}

/// <summary>The task <c>retrieval</c> in the catalog.</summary>
internal sealed class RetrievalRegistration : ITaskRegistration
{
    public string Name => "retrieval";

    public bool TakesEncoder => true;

    public IMiningTask Create(TaskOptions options)
    {
        var retrieval = options.Retrieval;
        return options switch
        {
            { Backbone.File: not null } => new BackboneEmbeddingTask(
                Name, retrieval, TrainableBackbone.OfTexts(options.Backbone, "task.retrieval", retrieval.MaxCharacters, retrieval.Excerpt), isJudgedInIndex: true),
            { Encoder.File: not null } => new EncodedEmbeddingTask(
                Name, retrieval, EncoderLoader.OfTexts(options.Encoder, "task.retrieval", retrieval.MaxCharacters, retrieval.Excerpt), isJudgedInIndex: true)
            { ModelFile = options.Model },
            _ => new RetrievalTask(retrieval) { ModelFile = options.Model },
        };
    }
}
