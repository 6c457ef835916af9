using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Wire;

namespace HnmStreams.Configuration.Tests;

public sealed class LabelSettingsTests
{
    [Theory]
    [InlineData("tabular", LabelMode.Inline, "live", null, null)]
    [InlineData("tabular", LabelMode.Later, "live", "p", null)]
    [InlineData("tabular", LabelMode.Mixed, "live", null, null)]
    [InlineData("tabular", LabelMode.Inline, "live", "p", "kafka.predictionsTopic = p: requires labels.mode later or mixed")]
    [InlineData("tabular", LabelMode.Later, "exact", null, "labels.mode = later: must be inline if pipeline.mode is exact")]
    [InlineData("faces", LabelMode.Mixed, "live", null, "labels.mode = mixed: must be inline for the task faces")]
    public void The_mode_of_labels_depends_on_the_task_and_the_mode_of_the_pipeline(string task, LabelMode labels, string mode, string? topic, string? failure)
    {
        var options = new HnmOptions();
        (options.Task.Name, options.Labels.Mode, options.Pipeline.Mode, options.Kafka.PredictionsTopic) = (task, labels, mode, topic);
        var error = Record.Exception(() => LabelSettings.Check(options, ConfiguredTask.Create(options.Task)));
        if (failure is null)
            Assert.Null(error);
        else
            Assert.StartsWith(failure, Assert.Single(Assert.IsType<SettingsException>(error).Failures), StringComparison.Ordinal);
    }
}
