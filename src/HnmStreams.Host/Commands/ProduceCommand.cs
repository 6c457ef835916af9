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
            .Add("--topic", "TOPIC", "Where to", "kafka.topic")
            .Add("--bootstrap", "HOST:PORT", "Which Kafka", "kafka.bootstrapServers")
            .Add("--rate", "N", "At most so many examples a second", "data.rate")
            .Add("--limit", "N", "At most so many examples", "run.limit")
            .Add("--epochs", "N", "Send the data set so many times (1 if not given; 0 without end), in a new order each", "data.epochs")
            .Add("--seed", "N", "Seed of the synthetic stream and of the orders", "synthetic.seed", "data.seed");
        var command = new Command("produce", "Send a data set, or the synthetic stream, to a topic.");
        options.AddTo(command);
        command.SetAction((parsed, _) => ExecuteAsync(context, context.Settings.Load(options.Read(parsed)).Options));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, HnmOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
            throw new SettingsException("kafka.bootstrapServers = nothing: say which Kafka, by --bootstrap HOST:PORT (hnm broker starts one)");
        var feed = options.Data.IsSynthetic()
            ? ExampleFeed.Synthetic(options.Synthetic)
            : ExampleFeed.Of(context.DataFolders.Open(options.Data), options.Data, defaultEpochs: 1);
        using var logs = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(options.Telemetry.LogLevel)
            .AddSimpleConsole(o => o.SingleLine = true)
            .Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
        using var traces = TelemetrySetup.ProducerTraces(options.Telemetry, context.Environment);
        await using var producer = new ExampleProducer(
            options.Kafka, options.Producing, context.Time, logs.CreateLogger<ExampleProducer>(), traceShare: options.Telemetry.TraceShare);
        context.Out.WriteLine($"{feed.Description} to {options.Kafka.Topic} at {options.Kafka.BootstrapServers}");
        var began = context.Time.GetTimestamp();
        var most = Least(feed.MaxCount, options.Run.Limit);
        using var progress = context.Time.CreateTimer(
            _ => context.Out.WriteLine(Progress(producer.Delivered, most, context.Time.GetElapsedTime(began))), null, options.Run.ReportEvery, options.Run.ReportEvery);
        try
        {
            await FeedPump.RunAsync(feed.Examples, producer, options.Data.Rate, options.Run.Limit, context.Time, context.Signals.Stop);
        }
        catch (OperationCanceledException) when (context.Signals.Stop.IsCancellationRequested)
        {
            await FlushAsync(producer, options.Run.DrainTimeout, context);
        }

        var seconds = context.Time.GetElapsedTime(began).TotalSeconds;
        var lost = producer.Produced - producer.Delivered;
        context.Out.WriteLine($"delivered {Numbers.Count(producer.Delivered)} examples ({Numbers.Rate(producer.Delivered / seconds)}/s)");
        if (lost == 0)
            return ExitCodes.Ok;
        context.Error.WriteLine($"hnm: {Numbers.Count(lost)} examples were not delivered" + (producer.LastError is { } error ? $": {error.Code}: {error.Text}" : ""));
        return context.Signals.Abort.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Failure;
    }

    /// <summary><c>12,000 of 54,545 delivered (1,200/s, 36 s left)</c>; without an end, how many and how fast.</summary>
    internal static string Progress(long delivered, long? most, TimeSpan elapsed)
    {
        var rate = delivered / Math.Max(1e-3, elapsed.TotalSeconds);
        var left = most is { } all && delivered > 0 ? $", {Numbers.Count((long)Math.Ceiling(Math.Max(0, all - delivered) / rate))} s left" : "";
        return $"{Numbers.Count(delivered)}{(most is { } total ? $" of {Numbers.Count(total)}" : "")} delivered ({Numbers.Rate(rate)}/s{left})";
    }

    private static long? Least(long? a, long? b) => a is { } x && b is { } y ? Math.Min(x, y) : a ?? b;

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
            // What is not delivered by now is counted as lost.
        }
    }
}
