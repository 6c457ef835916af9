using System.CommandLine;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Host.Hosting;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm replay</c>: a run over the records that the topic still has, independent of the running service.</summary>
internal static class ReplayCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new SettingOptions()
            .Add("--from", "POSITION", "The start position: earliest, an offset, or a time (ISO 8601)", "run.from")
            .Add("--limit", "N", "Stop after this number of records", "run.limit")
            .Add("--mode", "MODE", "live, or exact (one partition, CPU), which gives bitwise equal weights for the same input and seed", "pipeline.mode")
            .Add("--init", "FILE", "Weights to start from (safetensors)", "run.init")
            .Add("--checkpoints", "DIR", "Folder for the replay's own checkpoints, to resume it", "checkpoints.folder")
            .Add("--summary", "FILE", "Write a summary of the run as JSON", "run.summary")
            .Add("--seed", "N", "Seed of the model and the sampling", "pipeline.seed");
        var command = new Command(
            "replay",
            "Learn from the records that the topic still has, from a chosen position to its current end, with a separate consumer group. "
            + "The checkpoints and the committed offsets of the service are not changed.");
        options.AddTo(command);
        command.SetAction((parsed, _) => new RunExecution(context, Load(context, options.Read(parsed))).ExecuteAsync());
        return command;
    }

    private static HnmOptions Load(CommandContext context, SettingsRequest request)
    {
        var settings = context.Settings.Load(request).Options;
        if (string.IsNullOrWhiteSpace(settings.Kafka.BootstrapServers))
            throw new SettingsException("'kafka.bootstrapServers' is not set. A replay needs a broker with records to replay.");
        settings.Run.UntilEnd = true;
        settings.Kafka.GroupId += "-replay";
        settings.Checkpoints.Folder ??= CheckpointsOptions.Off;
        return settings;
    }
}
