using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Memory.Waiting;

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
        Check(options, failure);
    }

    [Theory]
    [InlineData(LabelMode.Inline, "other", "kafka.labelsTopic = other: requires labels.mode later or mixed")]
    [InlineData(LabelMode.Later, "hnm.examples", "kafka.labelsTopic = hnm.examples: must differ from kafka.topic")]
    [InlineData(LabelMode.Later, "other", null)]
    public void A_topic_of_labels_requires_labels_that_come_later(LabelMode mode, string topic, string? failure)
    {
        var options = new HnmOptions();
        (options.Task.Name, options.Labels.Mode, options.Kafka.LabelsTopic) = ("tabular", mode, topic);
        Check(options, failure);
    }

    [Theory]
    [InlineData(LabelMode.Inline, "asked", "kafka.labelRequestsTopic = asked: requires labels.mode later or mixed")]
    [InlineData(LabelMode.Later, "hnm.examples", "kafka.labelRequestsTopic = hnm.examples: must differ from the other topics")]
    [InlineData(LabelMode.Later, "served", "kafka.labelRequestsTopic = served: must differ from the other topics")]
    [InlineData(LabelMode.Later, "asked", null)]
    public void A_topic_of_label_requests_is_a_separate_one_and_requires_labels_that_come_later(LabelMode mode, string topic, string? failure)
    {
        var options = new HnmOptions();
        (options.Task.Name, options.Labels.Mode, options.Kafka.LabelRequestsTopic) = ("tabular", mode, topic);
        options.Kafka.PredictionsTopic = mode == LabelMode.Inline ? null : "served";
        Check(options, failure);
    }

    [Fact]
    public void A_label_request_asks_for_one_class()
    {
        var options = new HnmOptions();
        (options.Task.Name, options.Labels.Mode, options.Kafka.LabelRequestsTopic) = ("text", LabelMode.Later, "asked");
        (options.Task.Text.Positive, options.Task.Text.MultiLabel, options.Task.Text.Labels) = (null, true, ["insult", "threat"]);
        Check(options, "kafka.labelRequestsTopic = asked: must not be set for several labels per example");
        options.Kafka.LabelRequestsTopic = null;
        Check(options, null);
    }

    [Fact]
    public void Label_requests_require_labels_that_come_later()
    {
        var options = new HnmOptions();
        (options.Task.Name, options.Labels.Requests.Enabled) = ("tabular", true);
        Check(options, "labels.requests.enabled = true: requires labels.mode later or mixed");
        options.Labels.Mode = LabelMode.Mixed;
        Check(options, null);
    }

    [Fact]
    public void A_negative_can_be_presumed_only_if_the_task_has_a_positive_class()
    {
        var options = new HnmOptions();
        (options.Task.Name, options.Labels.Mode, options.Labels.WhenNoLabel) = ("tabular", LabelMode.Later, NoLabelPolicy.PresumeNegative);
        Check(options, null);
        options.Labels.DelayCorrection = DelayCorrection.FeedbackShift;
        Check(options, null);
        options.Labels.WhenNoLabel = NoLabelPolicy.Drop;
        Check(options, "labels.delayCorrection = feedbackShift: must be none if labels.whenNoLabel is drop");
        (options.Labels.DelayCorrection, options.Labels.WhenNoLabel) = (DelayCorrection.None, NoLabelPolicy.PresumeNegative);
        (options.Task.Tabular.Positive, options.Task.Tabular.Labels) = (null, ["a", "b", "c"]);
        Check(options, "labels.whenNoLabel = presumeNegative: must be drop for a task without a positive class");
    }

    private static void Check(HnmOptions options, string? failure)
    {
        var error = Record.Exception(() => LabelSettings.Check(options, ConfiguredTask.Create(options.Task)));
        if (failure is null)
            Assert.Null(error);
        else
            Assert.StartsWith(failure, Assert.Single(Assert.IsType<SettingsException>(error).Failures), StringComparison.Ordinal);
    }
}
