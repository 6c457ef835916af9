using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Configuration;

/// <summary>The rules of the <c>labels</c> section that depend on other sections and on the task.</summary>
public static class LabelSettings
{
    /// <summary>Checks that the task and the other settings allow <c>labels.mode</c>.</summary>
    /// <exception cref="SettingsException">They do not.</exception>
    public static void Check(HnmOptions options, IMiningTask task)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(task);
        string[] failures = [.. Failures(options, task)];
        if (failures.Length > 0)
            throw new SettingsException(failures);
    }

    private static IEnumerable<string> Failures(HnmOptions options, IMiningTask task)
    {
        var mode = options.Labels.Mode.ToString().ToLowerInvariant();
        if (options.Labels.Mode == LabelMode.Inline)
        {
            if (options.Kafka.PredictionsTopic is { } topic)
                yield return $"kafka.predictionsTopic = {topic}: requires labels.mode later or mixed, because only examples without a label are predicted";
            if (options.Kafka.LabelRequestsTopic is { } requested)
                yield return $"kafka.labelRequestsTopic = {requested}: requires labels.mode later or mixed, because only examples without a label are requested";
            if (options.Labels.Requests.Enabled == true)
                yield return "labels.requests.enabled = true: requires labels.mode later or mixed, because only examples without a label are requested";
            if (options.Kafka.LabelsTopic is { } unused)
                yield return $"kafka.labelsTopic = {unused}: requires labels.mode later or mixed";
            yield break;
        }

        if (options.Kafka.LabelsTopic is { } labels && string.Equals(labels, options.Kafka.Topic, StringComparison.Ordinal))
            yield return $"kafka.labelsTopic = {labels}: must differ from kafka.topic; if it is not set, labels are read from kafka.topic";

        if (options.Kafka.LabelRequestsTopic is { } requests
            && (new[] { options.Kafka.Topic, options.Kafka.LabelsTopic, options.Kafka.PredictionsTopic, options.Kafka.HardNegativesTopic, options.Kafka.DeadLetterTopicOrDefault }).Contains(requests, StringComparer.Ordinal))
            yield return $"kafka.labelRequestsTopic = {requests}: must differ from the other topics";
        if (task is not ILateLabels)
            yield return $"labels.mode = {mode}: must be inline for the task {task.Name}; labels can come later in tasks with classes (images, text, tabular)";
        if (task is LabeledTask { IsMultiLabel: true } && options.Kafka.LabelRequestsTopic is { } single)
            yield return $"kafka.labelRequestsTopic = {single}: must not be set for several labels per example (multiLabel), because a request asks for one class";
        if (task.Teacher is not null)
            yield return $"task.teacher.file = {options.Task.Teacher.File}: requires labels.mode inline, because a label that comes later is ranked by the served prediction";
        if (options.Labels.WhenNoLabel == NoLabelPolicy.PresumeNegative && !task.HasPositives)
            yield return "labels.whenNoLabel = presumeNegative: must be drop for a task without a positive class, because no class is negative";
        if (options.Labels.DelayCorrection != DelayCorrection.None && options.Labels.WhenNoLabel != NoLabelPolicy.PresumeNegative)
            yield return "labels.delayCorrection = feedbackShift: must be none if labels.whenNoLabel is drop, because it weights presumed negatives";
        if (string.Equals(options.Pipeline.Mode, "exact", StringComparison.Ordinal))
            yield return $"labels.mode = {mode}: must be inline if pipeline.mode is exact, because the predicting version depends on the clock. Set pipeline.mode to live";
    }
}
