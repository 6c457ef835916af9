using System.ComponentModel.DataAnnotations;
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

    public IMiningTask Create(TaskOptions options) => options.Encoder.File is null
        ? new RetrievalTask(options.Retrieval) { ModelFile = options.Model }
        : new EncodedEmbeddingTask(Name, options.Retrieval, EncoderLoader.OfTexts(options.Encoder, "task.retrieval", options.Retrieval.MaxCharacters, options.Retrieval.Excerpt), isJudgedInIndex: true) { ModelFile = options.Model };
}
