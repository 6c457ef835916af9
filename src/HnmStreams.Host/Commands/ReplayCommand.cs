using System.CommandLine;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Application;
using HnmStreams.Host.Hosting;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm replay</c>: a run over what the topic still has, beside the service and not in its place.</summary>
internal static class ReplayCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new SettingOptions()
            .Add("--from", "WHERE", "Where to start: earliest, an offset, or a time (ISO 8601)", "run.from")
            .Add("--limit", "N", "Stop after so many examples", "run.limit")
            .Add("--mode", "MODE", "live, or exact (one partition, CPU): the same input and seed then give the same weights, bit for bit", "pipeline.mode")
            .Add("--init", "FILE", "Weights to start from (safetensors)", "run.init")
            .Add("--checkpoints", "DIR", "Keep the replay's own state here, so that it can be gone on with", "checkpoints.folder")
            .Add("--summary", "FILE", "Write what the run came to as JSON", "run.summary")
            .Add("--seed", "N", "Seed of the model and the draws", "pipeline.seed");
        var command = new Command(
            "replay",
            "Learn from what the topic still has, from a place of your choice to its present end, under a consumer group of its own: "
            + "the service's checkpoints and its group's offsets are left alone.");
        options.AddTo(command);
        command.SetAction((parsed, _) => new RunExecution(context, Load(context, options.Read(parsed))).ExecuteAsync());
        return command;
    }

    private static HnmOptions Load(CommandContext context, SettingsRequest request)
    {
        var settings = context.Settings.Load(request).Options;
        if (string.IsNullOrWhiteSpace(settings.Kafka.BootstrapServers))
            throw new SettingsException("kafka.bootstrapServers is not set: a replay needs a Kafka that has something to replay");
        settings.Run.UntilEnd = true;
        settings.Kafka.GroupId += "-replay";
        settings.Checkpoints.Folder ??= CheckpointsOptions.Off;
        return settings;
    }
}
