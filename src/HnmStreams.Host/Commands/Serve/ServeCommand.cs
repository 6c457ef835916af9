using System.CommandLine;
using HnmStreams.Host.Application;
using HnmStreams.Host.Serving;

namespace HnmStreams.Host.Commands.Serve;

/// <summary><c>hnm serve</c>.</summary>
internal static class ServeCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new SettingOptions()
            .Add("--models", "DIR", "The folder in which another process saves its models: the models.folder of a run, or the folder 'versions' in its checkpoint folder, to which each promoted version is written", "models.folder")
            .Add("--group", "NAME", "The consumer group, which several processes may share (default: kafka.groupId followed by -serve)", "serve.groupId")
            .Add("--for", "TIME", "Stop after this time, such as 60s", "run.for")
            .Add("--from", "POSITION", "The start position in partitions without a committed offset: earliest, latest, an offset, or a time (ISO 8601)", "run.from")
            .Add("--summary", "FILE", "Write a summary as JSON at the end", "run.summary");
        var command = new Command(
            "serve",
            "Predict without learning, with the newest version that another process has saved: POST /api/score, and with kafka.bootstrapServers the unlabeled "
            + "records of kafka.topic, to kafka.predictionsTopic. A newer version replaces the served one while it runs. Ctrl-C or SIGTERM drains.");
        options.AddTo(command);
        command.SetAction((parsed, _) => new ServeExecution(context, context.Settings.Load(options.Read(parsed)).Options).ExecuteAsync());
        return command;
    }
}
