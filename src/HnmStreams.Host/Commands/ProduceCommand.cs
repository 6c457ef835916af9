using System.CommandLine;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Host.Feeding;
using HnmStreams.Host.Telemetry;
using HnmStreams.Kafka.Producing;
using HnmStreams.Web.Formatting;
using Microsoft.Extensions.Logging.Console;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm produce</c>.</summary>
internal static class ProduceCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new SettingOptions()
            .Add("--data", "PATH", "A data set (its path, or its path below HNM_DATA), or synthetic", "data.path")
            .Add("--topic", "TOPIC", "The topic to send to", "kafka.topic")
            .Add("--bootstrap", "HOST:PORT", "The Kafka brokers", "kafka.bootstrapServers")
            .Add("--rate", "N", "Maximum examples per second", "data.rate")
            .Add("--limit", "N", "Maximum number of examples", "run.limit")
            .Add("--epochs", "N", "Number of passes over the data set, each in a new order (default 1; 0 is unlimited)", "data.epochs")
            .Add("--seed", "N", "Seed of the synthetic stream and of the shuffling", "synthetic.seed", "data.seed");
        var command = new Command("produce", "Send a data set, or the synthetic stream, to a topic.");
        options.AddTo(command);
        command.SetAction((parsed, _) => ExecuteAsync(context, context.Settings.Load(options.Read(parsed)).Options));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, HnmOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
            throw new SettingsException("'kafka.bootstrapServers' is not set. Use --bootstrap HOST:PORT; 'hnm broker' starts a broker for tests.");
        var feed = options.Data.IsSynthetic()
            ? ExampleFeed.Synthetic(options.Synthetic)
            : ExampleFeed.Of(context.DataFolders.Open(options.Data, options.Task), options.Data, defaultEpochs: 1);
        using var logs = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(options.Telemetry.LogLevel)
            .AddSimpleConsole(o => o.SingleLine = true)
            .Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
        using var traces = TelemetrySetup.ProducerTraces(options.Telemetry, context.Environment) ?? (IDisposable)new ProducerSampling();
        await using var producer = new ExampleProducer(
            options.Kafka, options.Producing, context.Time, logs.CreateLogger<ExampleProducer>(), traceShare: options.Telemetry.TraceShare);
        context.Out.WriteLine($"{feed.Description} to {options.Kafka.Topic} at {options.Kafka.BootstrapServers}");
        var start = context.Time.GetTimestamp();
        var total = Minimum(feed.MaxCount, options.Run.Limit);
        using var progress = context.Time.CreateTimer(
            _ => context.Out.WriteLine(Progress(producer.Delivered, total, context.Time.GetElapsedTime(start))), null, options.Run.ReportEvery, options.Run.ReportEvery);
        try
        {
            await FeedPump.RunAsync(feed.Examples, producer, options.Data.Rate, options.Run.Limit, context.Time, context.Signals.Stop);
        }
        catch (OperationCanceledException) when (context.Signals.Stop.IsCancellationRequested)
        {
            await FlushAsync(producer, options.Run.DrainTimeout, context);
        }

        var seconds = context.Time.GetElapsedTime(start).TotalSeconds;
        var undelivered = producer.Produced - producer.Delivered;
        context.Out.WriteLine($"delivered {Numbers.Count(producer.Delivered)} examples ({Numbers.Rate(producer.Delivered / seconds)}/s)");
        if (undelivered == 0)
            return ExitCodes.Ok;
        context.Error.WriteLine($"hnm: {Numbers.Count(undelivered)} examples were not delivered" + (producer.LastError is { } error ? $": {error.Code}: {error.Text}" : ""));
        return context.Signals.Abort.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Failure;
    }

    /// <summary>Returns a progress line such as <c>12,000 of 54,545 delivered (1,200/s, 36 s left)</c>. For an unbounded feed it has the count and the rate only.</summary>
    internal static string Progress(long delivered, long? total, TimeSpan elapsed)
    {
        var rate = delivered / Math.Max(1e-3, elapsed.TotalSeconds);
        var left = total is { } count && delivered > 0 ? $", {Numbers.Count((long)Math.Ceiling(Math.Max(0, count - delivered) / rate))} s left" : "";
        return $"{Numbers.Count(delivered)}{(total is { } all ? $" of {Numbers.Count(all)}" : "")} delivered ({Numbers.Rate(rate)}/s{left})";
    }

    private static long? Minimum(long? a, long? b) => a is { } x && b is { } y ? Math.Min(x, y) : a ?? b;

    private static async Task FlushAsync(ExampleProducer producer, TimeSpan timeout, CommandContext context)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.Signals.Abort);
        using var timer = context.Time.CreateTimer(_ => deadline.Cancel(), null, timeout, Timeout.InfiniteTimeSpan);
        try
        {
            await producer.FlushAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // Examples that are not delivered by now count as lost.
        }
    }
}
