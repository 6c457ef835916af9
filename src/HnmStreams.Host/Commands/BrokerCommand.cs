using System.CommandLine;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Kafka.Embedded;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm broker</c>.</summary>
internal static class BrokerCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new SettingOptions()
            .Add("--topic", "TOPIC", "The topic of examples; its dead-letter topic is made too", "kafka.topic")
            .Add("--partitions", "N", "Partitions of each", "embedded.partitions");
        var command = new Command(
            "broker",
            "Run librdkafka's own small cluster in a process of its own, for trying things out: it keeps 5 MiB a partition in memory and then drops the oldest.");
        options.AddTo(command);
        command.SetAction((parsed, _) => ExecuteAsync(context, context.Settings.Load(options.Read(parsed)).Options));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, HnmOptions options)
    {
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions
        {
            Partitions = options.Embedded.Partitions,
            Topics = [options.Kafka.Topic, options.Kafka.DeadLetterTopicOrDefault],
        });
        context.Out.WriteLine($"bootstrap {cluster.BootstrapServers}");
        context.Out.WriteLine($"topics    {options.Kafka.Topic} {options.Kafka.DeadLetterTopicOrDefault} ({options.Embedded.Partitions} partitions each)");
        context.Out.WriteLine($"produce   hnm produce --data synthetic --bootstrap {cluster.BootstrapServers} --rate 100");
        context.Out.WriteLine($"learn     hnm run --set kafka.bootstrapServers={cluster.BootstrapServers}");
        context.Out.WriteLine("Ctrl-C stops it; what it holds is lost.");
        await context.Out.FlushAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, context.Signals.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCodes.Ok;
    }
}
