using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration;

/// <summary>The rules of the training that depend on several sections.</summary>
internal static class TrainingSettings
{
    /// <summary>Returns the contradiction, or null.</summary>
    public static string? Failure(HnmOptions options)
    {
        var (optimizer, rowsPerPass) = (options.Pipeline.Training.Optimizer, options.Pipeline.Training.RowsPerPass);
        return rowsPerPass > 0 && options.Task is { Model: null, Encoder.File: null, Backbone.File: null, Name: "text" or "tabular" or "detection" }
            ? $"pipeline.training.rowsPerPass = {rowsPerPass}: must be 0 for the task {options.Task.Name} without task.encoder or task.backbone, because its network computes statistics over the rows of a batch"
            : options.Task.Backbone.File is not null && optimizer is not ("adam" or "sgd")
            ? $"pipeline.training.optimizer = {optimizer}: must be adam or sgd if task.backbone.file is set, because the layers of a backbone have their own learning rates"
            : null;
    }
}
