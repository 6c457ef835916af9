using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Options;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Sets;
using HnmStreams.Host.Application;
using HnmStreams.Host.Feeding;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Offline.Rounds;
using HnmStreams.Offline.Storage;
using HnmStreams.Tasks;
using HnmStreams.Torch;
using HnmStreams.Torch.Snapshots;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Host.Mine;

/// <summary>One execution of <c>hnm mine</c>: reads the examples, runs the remaining rounds, prints their results, and writes the mined negatives.</summary>
internal sealed class MineExecution(CommandContext context, HnmOptions options, MineRequest request)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private CancellationToken Stop => context.Signals.Stop;

    /// <summary>Runs the command and returns the exit code.</summary>
    /// <exception cref="SettingsException">A setting or an option is invalid.</exception>
    public async Task<int> ExecuteAsync()
    {
        CheckOutput();
        options.Mine.Folder = Path.GetFullPath(options.Mine.Folder, context.WorkingFolder);
        var task = ConfiguredTask.Create(options.Task);
        using var store = new ExampleStore(Path.Combine(options.Mine.Folder, "store"), task, options.Wire);
        var set = request.From is null ? OpenSet() : null;
        using var test = set is null ? ReadTopic(task, store) : ReadSet(task, store, set);
        context.Out.WriteLine($"{task.Name}: {Numbers.Count(store.Count)} examples to mine in{(store.Positives.Count > 0 ? $", {Numbers.Count(store.Positives.Count)} of them positive" : "")}; {Numbers.Count(test.Count)} test examples"
            + (store.Rejected > 0 ? $"; {Numbers.Count(store.Rejected)} rejected ({store.Rejection})" : ""));
        foreach (var skipped in new[] { store.Skipped.ToString(), set?.Skipped.ToString() ?? "" }.Where(static s => s.Length > 0))
            context.Out.WriteLine($"skipped: {skipped}");
        foreach (var warning in task.Warnings)
            context.Error.WriteLine($"hnm: warning: {warning.Text}");
        if (store.Count == 0)
            throw new SettingsException($"'data.path' is '{options.Data.Path}', and the task accepts none of its examples.");
        using var rounds = Open(task, store, test);
        if (rounds.Done.Count > 0)
            context.Out.WriteLine($"{options.Mine.Folder}: {rounds.Done.Count} rounds are complete");
        try
        {
            await Task.Factory.StartNew(() => Mine(rounds, task), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            context.Out.WriteLine($"stopped: {rounds.Done.Count} of {options.Mine.Rounds} rounds are complete. Run the same command to continue.");
            return ExitCodes.Ok;
        }

        await WriteAsync(rounds, store);
        return ExitCodes.Ok;
    }

    private void CheckOutput()
    {
        if (request.Output is { } path && Path.GetExtension(path) is not (".parquet" or ".jsonl"))
            throw new SettingsException($"--output must be a .parquet or .jsonl file but is '{path}'.");
        if (Path.GetDirectoryName(request.Output) is { Length: > 0 } folder && !Directory.Exists(folder))
            throw new SettingsException($"--output is '{request.Output}', but the folder '{folder}' does not exist.");
        if ((request.Topic ?? request.From) is not null && string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
            throw new SettingsException($"'kafka.bootstrapServers' is not set, but {(request.From is null ? "--to-topic" : "--from-topic")} requires it.");
        if (request.To is not null && request.From is null)
            throw new SettingsException($"--to requires --from-topic but is '{request.To}' without it.");
    }

    private ExampleSet OpenSet() => options.Data.IsSynthetic()
        ? throw new SettingsException("'data.path' must be a data set but is 'synthetic', which is unbounded. Use --data for a data set, or --from-topic for a topic's range.")
        : context.DataFolders.Open(options.Data, options.Task);

    private RowBuffer ReadTopic(IMiningTask task, ExampleStore store)
    {
        using var logs = LoggerFactory.Create(_ => { });
        var decoder = RecordDecoders.Create(options.Wire, context.Time, logs.CreateLogger<TopicRange>());
        using var connection = decoder as IDisposable;
        var range = new TopicRange(
            options.Kafka, options.Consuming, decoder, Position("--from-topic", request.From!), request.To is { } to ? Position("--to", to) : new StartPosition.Latest(),
            store.Skipped, context.Time, logs.CreateLogger<TopicRange>(), context.Out.WriteLine);
        return DataSplit.Fill(task, store, range.Read(Stop), testSet: null, options.Mine, options.Pipeline.Evaluation, Stop);
    }

    private RowBuffer ReadSet(IMiningTask task, ExampleStore store, ExampleSet set) => DataFolders.Checked(options.Data, () => DataSplit.Fill(
        task, store, StoreRecord.Of(CheckedSet.Of(set.Read(SetPart.Train, Stop), options.Data, task)), set.HasTest ? StoreRecord.Of(set.Read(SetPart.Test, Stop)) : null,
        options.Mine, options.Pipeline.Evaluation, Stop));

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
            progress.CompleteRound(report);
            Print(report, task.PrimaryMetric);
        }
    }

    private void Print(RoundReport report, string metric)
    {
        var counts = report.Counts;
        context.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {report.Round}: of {counts.Ranked:N0} ranked {counts.Mined:N0} mined for {counts.Anchors:N0} anchors, mean score {counts.MeanScore:F3} (positives {counts.PositiveScore:F3}); "
            + $"{(report.New is { } fresh ? $"{fresh:P0} new since the round before; " : "")}{counts.Suspected:N0} suspected positives skipped{(counts.Refuted > 0 ? $", {counts.Refuted:N0} by the second model or the teacher" : "")}; "
            + $"{report.Steps:N0} steps, loss {report.Loss:F4}; {metric} {Metric(report.Before)} before, {Metric(report.After)} after; {report.MiningSeconds:F1} s ranking, {report.TrainingSeconds:F1} s training"));

        string Metric(IReadOnlyDictionary<string, double> metrics) => Numbers.Small(metrics.GetValueOrDefault(metric, double.NaN));
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
        var rows = new NegativeRows(store, request.Format, Math.Max(1, mined.Count == 0 ? 1 : MaxNegatives(mined)), options.Pipeline.Seed);
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

    private static int MaxNegatives(MinedSet mined) => Enumerable.Range(0, mined.Count).Max(i => mined[i].Negatives.Count);
}
