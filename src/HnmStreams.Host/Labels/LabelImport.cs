using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Files;
using HnmStreams.Data.Labeling;
using HnmStreams.Host.Application;
using HnmStreams.Kafka.Producing;
using Microsoft.Extensions.Logging.Console;

namespace HnmStreams.Host.Labels;

/// <summary><c>hnm labels import</c>: sends the labels of an export of Label Studio to <c>kafka.labelsTopic</c>, or <c>kafka.topic</c> without it, as records with a target and no input.</summary>
/// <param name="path">The file to read.</param>
internal sealed class LabelImport(CommandContext context, HnmOptions options, string path)
{
    public async Task<int> ExecuteAsync()
    {
        if (string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
            throw new SettingsException("'kafka.bootstrapServers' is not set. Use --bootstrap HOST:PORT.");
        if (!options.Wire.ReadsContract)
            throw new SettingsException("'hnm labels import' sends records of the contract, but 'wire.format', 'wire.fields' or 'wire.envelope' describe other records. Send the labels with the program that sends the examples.");
        using var logs = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(options.Telemetry.LogLevel)
            .AddSimpleConsole(o => o.SingleLine = true)
            .Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
        var stop = context.Signals.Stop;
        var kafka = options.Kafka.ForSendingLabels();
        await using var producer = new ExampleProducer(kafka, options.Producing, context.Time, logs.CreateLogger<ExampleProducer>());
        await using (var file = new FileStream(RegularFile.Required(path), FileMode.Open, FileAccess.Read))
        {
            // The time of the verdict orders it among the labels of its id.
            await foreach (var verdict in LabelStudioTasks.ReadAsync(file, path, stop))
                await producer.ProduceAsync(new Example(verdict.Id, new Target.Label(verdict.Label), ExampleInput.None.Instance, verdict.Time), stop);
        }

        await producer.FlushAsync(stop);
        context.Out.WriteLine($"sent {producer.Delivered} labels to {kafka.Topic}");
        if (producer.Delivered == producer.Produced)
            return ExitCodes.Ok;
        context.Error.WriteLine($"hnm: {producer.Produced - producer.Delivered} labels were not delivered" + (producer.LastError is { } error ? $": {error.Code}: {error.Text}" : ""));
        return ExitCodes.Failure;
    }
}
