using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Faces;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Retrieval;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Tasks.Text;

namespace HnmStreams.Tasks;

/// <summary>Which task a process runs, and its settings. Only the named task's section is used.</summary>
public sealed class TaskOptions
{
    /// <summary><c>detection</c>, <c>faces</c>, <c>images</c>, <c>retrieval</c>, <c>tabular</c> or <c>text</c>.</summary>
    [Required]
    public string Name { get; set; } = "images";

    /// <summary>
    /// A TorchScript file whose module takes the place of the task's own network, with the weights that it comes with: it
    /// is trained and scores. The path starts at the working folder. Such a file is a program that runs with the
    /// service's rights: name only files that you trust.
    /// </summary>
    public string? Model { get; set; }

    [Required]
    public ImagesOptions Images { get; set; } = new() { Positive = "1" };

    [Required]
    public TabularOptions Tabular { get; set; } = new();

    [Required]
    public DetectionOptions Detection { get; set; } = new() { Labels = ["object"] };

    [Required]
    public TextOptions Text { get; set; } = new();

    [Required]
    public FacesOptions Faces { get; set; } = new();

    [Required]
    public RetrievalOptions Retrieval { get; set; } = new();
}
