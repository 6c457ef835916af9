using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Application;
using HnmStreams.Host.Mine;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Kafka.LabelRequests;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Predictions;
using HnmStreams.Mining.Labeling;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Host.Labels;

/// <summary>
/// <c>hnm labels export</c>: writes the unlabeled examples whose label would help most as tasks for people. They are the open requests of
/// <c>kafka.labelRequestsTopic</c> if it is set; otherwise the doubt comes from the topic of predictions. The content comes from the topic of examples.
/// </summary>
/// <param name="path">The file to write.</param>
/// <param name="count">The maximum number of tasks.</param>
internal sealed class LabelExport(CommandContext context, HnmOptions options, string path, int count)
{
    // Some of the candidates have a label by now, or their record is no longer in the topic.
    private const int CandidatesPerTask = 4;

    private readonly LabelCandidates<ExampleKey> _candidates = new((int)Math.Min((long)count * CandidatesPerTask, 10_000_000));
    private readonly Dictionary<ExampleKey, Example> _examples = [];

    public int Execute()
    {
        if (string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
            throw new SettingsException("'kafka.bootstrapServers' is not set. Use --bootstrap HOST:PORT.");
        if (options.Kafka.PredictionsTopic is null && options.Kafka.LabelRequestsTopic is null)
            throw new SettingsException("'kafka.predictionsTopic' is not set, but the choice of examples requires the predictions. Set it, or 'kafka.labelRequestsTopic'.");
        var task = ConfiguredTask.Create(options.Task);
        if (task is LabeledTask { IsMultiLabel: true })
            throw new SettingsException("'multiLabel' must be false for the choice of examples to label, because it asks for one class per example.");
        ReadCandidates();
        var skipped = new SkipCounts();
        ReadExamples(skipped);
        var chosen = _candidates.Hardest(_candidates.Count).Where(c => _examples.ContainsKey(c.Id)).Take(count).ToArray();
        int unseen;
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write))
            unseen = LabelStudioTasks.Write(file, chosen.Select(c => TaskOf(c, task)));
        context.Out.WriteLine($"exported {chosen.Length - unseen} tasks to {path}");
        if (unseen > 0)
            context.Out.WriteLine($"skipped {unseen} examples whose input is a tensor, which a person cannot label");
        if (chosen.Length > 0)
        {
            context.Out.WriteLine("labeling interface for Label Studio:");
            context.Out.Write(LabelStudioTasks.LabelConfig(
                _examples[chosen[0].Id].Input is ExampleInput.EncodedImage, Enumerable.Range(0, chosen[0].Probabilities.Count).Select(task.LabelName)));
        }

        return ExitCodes.Ok;
    }

    private void ReadCandidates()
    {
        if (options.Kafka.LabelRequestsTopic is not null)
        {
            foreach (var request in LabelRequestReader.ReadOpen(options.Kafka, context.Signals.Stop))
                _candidates.Offer(ExampleKey.Of(request.Id), request.ModelVersion, [.. request.Probabilities], request.Disagreement);
            return;
        }

        foreach (var prediction in PredictionReader.Read(options.Kafka, context.Signals.Stop))
        {
            if ((prediction.Calibrated ?? prediction.Probabilities) is { Count: > 1 } probabilities)
                _candidates.Offer(ExampleKey.Of(prediction.Id), prediction.ModelVersion, [.. probabilities.Select(p => (float)p)]);
        }
    }

    private static ExampleInput Copied(ExampleInput input) => input is ExampleInput.EncodedImage image ? new ExampleInput.EncodedImage(image.Data.ToArray()) : input;

    private LabelTask TaskOf(LabelCandidate<ExampleKey> candidate, IMiningTask task)
    {
        var label = Enumerable.Range(0, candidate.Probabilities.Count).MaxBy(i => candidate.Probabilities[i]);
        var example = _examples[candidate.Id];
        return new LabelTask(example.Id, example.Input, new LabelPrediction(task.LabelName(label), Math.Round(candidate.Probabilities[label], 6), candidate.Version));
    }

    // The newest record of an id counts. An id with a label, or that was deleted, is no candidate any more.
    private void ReadExamples(SkipCounts skipped)
    {
        using var logs = LoggerFactory.Create(_ => { });
        var decoder = RecordDecoders.Create(options.Wire, context.Time, logs.CreateLogger<TopicRange>(), LabelMode.Mixed);
        using var connection = decoder as IDisposable;
        var range = new TopicRange(
            options.Kafka, options.Consuming, decoder, new StartPosition.Earliest(), new StartPosition.Latest(), skipped, context.Time, logs.CreateLogger<TopicRange>(), context.Out.WriteLine);
        foreach (var record in range.Read(context.Signals.Stop))
        {
            if (record.Example is { IsUnlabeled: true } example)
            {
                if (_candidates.Contains(record.Key))
                    _examples[record.Key] = example with { Input = Copied(example.Input) };
                continue;
            }

            _candidates.Remove(record.Key);
            _examples.Remove(record.Key);
        }
    }
}
