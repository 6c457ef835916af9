using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration;

/// <summary>The rules of the training that depend on several sections.</summary>
internal static class TrainingSettings
{
    /// <summary>Returns the contradiction, or null.</summary>
    public static string? Failure(HnmOptions options)
    {
        var optimizer = options.Pipeline.Training.Optimizer;
        return options.Task.Backbone.File is not null && optimizer is not ("adam" or "sgd")
            ? $"pipeline.training.optimizer = {optimizer}: must be adam or sgd if task.backbone.file is set, because the layers of a backbone have their own learning rates"
            : null;
    }
}
