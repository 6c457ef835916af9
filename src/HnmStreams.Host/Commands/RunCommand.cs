using System.CommandLine;
using HnmStreams.Host.Running;

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
            .Add("--seed", "N", "Seed of the model, the draws and the feed", "pipeline.seed", "synthetic.seed", "feed.seed")
            .Add("--data", "PATH", "Feed the embedded cluster with this data set (idx files, CSV, folder of images by class) instead of the synthetic stream", "feed.data")
            .Add("--epochs", "N", "Send the data set so many times, in a new order each; until the run ends if not given", "feed.epochs")
            .Add("--rate", "N", "Feed at most so many examples a second", "feed.rate");
        var command = new Command(
            "run",
            "Consume, score, keep the hardest negatives, and train while the stream runs. Without kafka.bootstrapServers an embedded "
            + "cluster and a built-in producer are started. Ctrl-C or SIGTERM drains and saves the model.");
        options.AddTo(command);
        command.SetAction((parsed, _) => new RunExecution(context, context.Settings.Load(options.Read(parsed)).Options).ExecuteAsync());
        return command;
    }
}
