using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Options;
using HnmStreams.Data.Rows;
using HnmStreams.Host.Application;
using HnmStreams.Host.Feeding;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Offline.Rounds;
using HnmStreams.Offline.Storage;
using HnmStreams.Tasks;
using HnmStreams.Torch;
using HnmStreams.Torch.Snapshots;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Host.Mine;

/// <summary>One <c>hnm mine</c>: reads the set, runs the rounds that are left, says what each came to, and writes what was mined.</summary>
internal sealed class MineExecution(CommandContext context, HnmOptions options, MineRequest request)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private CancellationToken Stop => context.Signals.Stop;

    /// <returns>The exit code.</returns>
    /// <exception cref="SettingsException">A setting or an option does not fit.</exception>
    public async Task<int> ExecuteAsync()
    {
        CheckOutput();
        options.Mine.Folder = Path.GetFullPath(options.Mine.Folder, context.WorkingFolder);
        var task = ConfiguredTask.Create(options.Task);
        using var store = new ExampleStore(Path.Combine(options.Mine.Folder, "store"), task, options.Wire);
        using var test = Read(task, store);
        context.Out.WriteLine($"{task.Name}: {Numbers.Count(store.Count)} examples to mine in{(store.Positives.Count > 0 ? $", {Numbers.Count(store.Positives.Count)} of them positive" : "")}; {Numbers.Count(test.Count)} to judge by"
            + (store.Refused > 0 ? $"; {Numbers.Count(store.Refused)} refused ({store.Refusal})" : ""));
        if (store.Count == 0)
            throw new SettingsException($"data.path = '{options.Data.Path}': the task takes none of its examples");
        using var rounds = Open(task, store, test);
        if (rounds.Done.Count > 0)
            context.Out.WriteLine($"{options.Mine.Folder}: {rounds.Done.Count} rounds are done");
        try
        {
            await Task.Factory.StartNew(() => Mine(rounds, task), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            context.Out.WriteLine($"stopped: {rounds.Done.Count} of {options.Mine.Rounds} rounds are done; the same command goes on");
            return ExitCodes.Ok;
        }

        await WriteAsync(rounds, store);
        return ExitCodes.Ok;
    }

    private void CheckOutput()
    {
        if (request.Output is { } path && Path.GetExtension(path) is not (".parquet" or ".jsonl"))
            throw new SettingsException($"--output {path}: allowed is a file named .parquet or .jsonl");
        if (Path.GetDirectoryName(request.Output) is { Length: > 0 } folder && !Directory.Exists(folder))
            throw new SettingsException($"--output {request.Output}: there is no folder {folder}");
        if ((request.Topic ?? request.From) is not null && string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
            throw new SettingsException($"kafka.bootstrapServers is not set: {(request.From is null ? "--to-topic" : "--from-topic")} needs a Kafka");
        if (request.To is not null && request.From is null)
            throw new SettingsException($"--to {request.To}: it bounds a topic's range, which --from-topic begins");
    }

    private RowBuffer Read(IMiningTask task, ExampleStore store)
    {
        if (request.From is { } from)
        {
            using var logs = LoggerFactory.Create(_ => { });
            var range = new TopicRange(
                options.Kafka, options.Consuming, options.Wire, Position("--from-topic", from), request.To is { } to ? Position("--to", to) : new StartPosition.Latest(), context.Time, logs.CreateLogger<TopicRange>());
            return DataSplit.Fill(task, store, range.Read(Stop), testSet: null, options.Mine, options.Pipeline.Evaluation, Stop);
        }

        if (options.Data.IsSynthetic())
            throw new SettingsException("data.path = 'synthetic': the built-in stream has no end; name a data set by --data, or a topic's range by --from-topic");
        var set = context.DataFolders.Open(options.Data);
        return DataFolders.Checked(options.Data, () => DataSplit.Fill(
            task, store, set.Read(SetPart.Train, Stop), set.HasTest ? set.Read(SetPart.Test, Stop) : null, options.Mine, options.Pipeline.Evaluation, Stop));
    }

    private static StartPosition Position(string option, string text) =>
        StartPosition.TryParse(text, out var position, out var error) ? position : throw new SettingsException($"{option}: {error}");

    private MiningRounds Open(IMiningTask task, ExampleStore store, RowBuffer test)
    {
        try
        {
            return new MiningRounds(task, task is IEmbeddingTask, options.Pipeline, options.Mine, store, test, options.Run.Init, context.Time);
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException)
        {
            throw new SettingsException(e.Message, e);
        }
    }

    private void Mine(MiningRounds rounds, IMiningTask task)
    {
        var progress = new MineProgress(context.Out, context.Time, options.Run.ReportEvery, options.Mine.Rounds);
        foreach (var report in rounds.Run(progress.Report, Stop))
        {
            progress.Finished(report);
            Say(report, task.PrimaryMetric);
        }
    }

    private void Say(RoundReport report, string metric)
    {
        var counts = report.Counts;
        context.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {report.Round}: of {counts.Ranked:N0} ranked {counts.Mined:N0} mined for {counts.Anchors:N0} anchors, mean score {counts.MeanScore:F3} (positives {counts.PositiveScore:F3}); "
            + $"{(report.New is { } fresh ? $"{fresh:P0} new since the round before; " : "")}{counts.Suspected:N0} set aside as suspected positives{(counts.Refuted > 0 ? $", {counts.Refuted:N0} by the second model" : "")}; "
            + $"{report.Steps:N0} steps, loss {report.Loss:F4}; {metric} {Of(report.Before)} before, {Of(report.After)} after; {report.MiningSeconds:F1} s ranking, {report.TrainingSeconds:F1} s training"));

        string Of(IReadOnlyDictionary<string, double> metrics) => Numbers.Small(metrics.GetValueOrDefault(metric, double.NaN));
    }

    private async Task WriteAsync(MiningRounds rounds, ExampleStore store)
    {
        var last = rounds.Done.Count;
        using (var model = rounds.Model())
            SafetensorsFile.Write(Path.Combine(options.Mine.Folder, "model.safetensors"), model.Tensors, new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = options.Task.Name });
        context.Out.WriteLine($"{Path.Combine(options.Mine.Folder, "model.safetensors")}: the weights; suspected positives: {rounds.SuspectsPath(last)}");
        if (request.Summary is { } summary)
            await File.WriteAllTextAsync(summary, JsonSerializer.Serialize(rounds.Done, Json), Stop);
        if (request.Output is null && request.Topic is null)
            return;
        using var mined = rounds.Mined(last);
        var rows = new NegativeRows(store, request.Form, Math.Max(1, mined.Count == 0 ? 1 : Widest(mined)), options.Pipeline.Seed);
        if (request.Output is { } path)
        {
            await using INegativesSink file = path.EndsWith(".parquet", StringComparison.Ordinal) ? new ParquetSink(path, rows.Columns) : new JsonLinesSink(path, rows.Columns);
            context.Out.WriteLine($"{path}: {Numbers.Count(await WriteAsync(mined, rows, file))} rows");
        }

        if (request.Topic is not { } topic)
            return;
        using var logs = LoggerFactory.Create(_ => { });
        options.Kafka.Topic = topic;
        await using var sink = new TopicSink(
            new Kafka.Producing.ExampleProducer(options.Kafka, options.Producing, context.Time, logs.CreateLogger<Kafka.Producing.ExampleProducer>()), topic, rows.Columns);
        context.Out.WriteLine($"{topic} at {options.Kafka.BootstrapServers}: {Numbers.Count(await WriteAsync(mined, rows, sink))} rows");
    }

    private async Task<long> WriteAsync(MinedSet mined, NegativeRows rows, INegativesSink sink)
    {
        var written = 0L;
        for (var i = 0; i < mined.Count; i++)
        {
            foreach (var row in rows.Of(mined[i]))
            {
                await sink.WriteAsync(row, Stop);
                written++;
            }
        }

        await sink.FinishAsync(Stop);
        return written;
    }

    private static int Widest(MinedSet mined) => Enumerable.Range(0, mined.Count).Max(i => mined[i].Negatives.Count);
}
