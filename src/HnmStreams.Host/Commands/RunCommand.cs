using System.CommandLine;
using HnmStreams.Configuration;
using HnmStreams.Host.Application;
using HnmStreams.Host.Hosting;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm run</c>.</summary>
internal static class RunCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new SettingOptions()
            .Add("--for", "TIME", "Stop after so long, such as 60s", "run.for")
            .Add("--limit", "N", "Stop after so many examples", "run.limit")
            .Add("--from", "WHERE", "Where to start: earliest, latest, an offset, or a time (ISO 8601)", "run.from")
            .Add("--checkpoints", "DIR", "Where the state is kept and gone on from (default: checkpoints/GROUP; with an embedded cluster thrown away); off keeps none", "checkpoints.folder")
            .AddFlag("--fresh", "Begin anew, whatever checkpoints there are", "run.fresh")
            .Add("--init", "FILE", "Weights to start from (safetensors)", "run.init")
            .Add("--summary", "FILE", "Write what the run came to as JSON", "run.summary")
            .Add("--seed", "N", "Seed of the model, the draws and the feed", "pipeline.seed", "synthetic.seed", "data.seed")
            .Add("--data", "PATH", "Feed the embedded cluster with this data set (its path, or its path below HNM_DATA) instead of the synthetic stream", "data.path")
            .Add("--epochs", "N", "Send the data set so many times, in a new order each; until the run ends if not given", "data.epochs")
            .AddFlag("--baselines", "Train two more learners beside it, on random negatives, and say whether mining is worth it", "pipeline.baselines.enabled")
            .Add("--rate", "N", "Feed at most so many examples a second", "data.rate");
        var command = new Command(
            "run",
            "Consume, score, keep the hardest negatives, and train while the stream runs. Without kafka.bootstrapServers an embedded "
            + "cluster and a built-in producer are started. Ctrl-C or SIGTERM drains and saves the model.");
        options.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var settings = context.Settings.Load(options.Read(parsed));
            RefuseToFeedKafka(settings);
            return new RunExecution(context, settings.Options).ExecuteAsync();
        });
        return command;
    }

    // A task's file may describe a set that somebody else sends; who asks for one here expects it to be sent.
    private static void RefuseToFeedKafka(LoadedSettings settings)
    {
        var asked = settings.Given.Any(static g => g.Path == "data.path" && g.Origin == SettingsLayers.CommandLine);
        if (asked && !string.IsNullOrWhiteSpace(settings.Options.Kafka.BootstrapServers))
            throw new SettingsException($"data.path = '{settings.Options.Data.Path}': a run feeds only its embedded cluster, but kafka.bootstrapServers is set; send the data set with hnm produce");
    }
}
