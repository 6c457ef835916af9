using System.ComponentModel.DataAnnotations;
using HnmStreams.Tasks.Backbones;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Teachers;

namespace HnmStreams.Tasks.Catalog;

/// <summary>The task of a process and its settings. Each task's folder adds its section; only the named task's section is used.</summary>
public sealed partial class TaskOptions
{
    /// <summary>The name of the task, for example <c>images</c>, <c>tabular</c> or <c>text</c>; the error for an unknown name lists all tasks.</summary>
    [Required]
    public string Name { get; set; } = "images";

    /// <summary>
    /// The path of a TorchScript file, relative to the working folder, whose module replaces the task's network. It is trained and scores, starting from
    /// the weights in the file. The file is a program that runs with the service's permissions: use only files that you
    /// trust. Null uses the task's network.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>The frozen encoder whose features the task works on.</summary>
    [Required]
    public EncoderOptions Encoder { get; set; } = new();

    /// <summary>The published network that the task trains, with a head.</summary>
    [Required]
    public BackboneOptions Backbone { get; set; } = new();

    /// <summary>The stronger model that checks candidates before they enter the pool.</summary>
    [Required]
    public TeacherOptions Teacher { get; set; } = new();
}
