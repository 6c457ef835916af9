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
            .Add("--topic", "TOPIC", "The topic of examples; its dead-letter topic is created too", "kafka.topic")
            .Add("--partitions", "N", "Partitions of each topic", "embedded.partitions");
        var command = new Command(
            "broker",
            "Run librdkafka's mock cluster in a separate process, for experiments. It keeps 5 MiB per partition in memory and drops the oldest records.");
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
        context.Out.WriteLine("Ctrl-C stops the broker and discards its records.");
        await context.Out.FlushAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, context.Signals.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCodes.Ok;
    }
}
