using System.CommandLine;
using HnmStreams.Configuration;
using HnmStreams.Host.Application;
using HnmStreams.Host.Hosting;
using HnmStreams.Host.Scoring;
using HnmStreams.Host.Starting;
using HnmStreams.Pipeline.Flow.Tuning;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm run</c>.</summary>
internal static class RunCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new SettingOptions()
            .Add("--for", "TIME", "Stop after this time, such as 60s", "run.for")
            .Add("--limit", "N", "Stop after this number of records", "run.limit")
            .Add("--from", "POSITION", "The start position: earliest, latest, an offset, or a time (ISO 8601)", "run.from")
            .Add("--checkpoints", "DIR", "Folder of the checkpoints to write and resume from (default: checkpoints/GROUP, or a temporary folder with an embedded cluster); off writes none", "checkpoints.folder")
            .AddFlag("--fresh", "Ignore existing checkpoints and start over", "run.fresh")
            .Add("--init", "FILE", "Weights to start from (safetensors)", "run.init")
            .Add("--summary", "FILE", "Write a summary of the run as JSON", "run.summary")
            .Add("--report", "FILE", "Write a report about the run as one HTML file", "run.report")
            .Add("--seed", "N", "Seed of the model, the sampling and the feed", "pipeline.seed", "synthetic.seed", "data.seed")
            .Add("--data", "PATH", "Feed the embedded cluster with this data set (its path, or its path below HNM_DATA) instead of the synthetic stream", "data.path")
            .Add("--epochs", "N", "Number of passes over the data set, each in a new order (default: until the run ends)", "data.epochs")
            .Add("--role", "ROLE", "The role in a cluster (cluster.enabled): score, learn or all", "cluster.role")
            .AddFlag("--baselines", "Also train two baselines on random negatives, and report the uplift from mining", "pipeline.baselines.enabled")
            .AddFlagFor("--tune", "Let challengers with other settings compete with the learner, for a quarter of the compute", "pipeline.tuning.computeShare", "0.25")
            .Add("--rate", "N", "Maximum examples per second of the feed", "data.rate");
        var command = new Command(
            "run",
            "Consume, score, keep the hardest negatives, and train while the stream runs. Without kafka.bootstrapServers an embedded "
            + "cluster and a built-in producer are started. Ctrl-C or SIGTERM drains and saves the model.");
        options.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var settings = context.Settings.Load(options.Read(parsed));
            RejectFeedToExternalKafka(settings);
            ClusterSettings.Check(settings.Options);
            if (settings.Options.Cluster is { Enabled: true, Learns: false })
                return new ScoreExecution(context, settings.Options).ExecuteAsync();
            FixGivenSettings(settings);
            settings = StartingSettings.Apply(settings, context);
            return new RunExecution(context, settings.Options, settings.Given.Any(static g => g.Path == "http.urls"), [.. SettingsView.Entries(settings)]).ExecuteAsync();
        });
        return command;
    }

    // A person who sets a value on the command line or in the environment means this value; those of files are starting points.
    internal static void FixGivenSettings(LoadedSettings settings)
    {
        var tuning = settings.Options.Pipeline.Tuning;
        tuning.Fixed = [.. tuning.Fixed.Union(settings.Given.Where(SettingsLayers.IsOfProcess).Select(g => g.Path).Intersect(TunedSettings.Keys, StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase)];
    }

    // A task's file may describe a data set that another process sends. A data set on the command line is expected to be sent.
    private static void RejectFeedToExternalKafka(LoadedSettings settings)
    {
        var isOnCommandLine = settings.Given.Any(static g => g.Path == "data.path" && g.Origin == SettingsLayers.CommandLine);
        if (isOnCommandLine && !string.IsNullOrWhiteSpace(settings.Options.Kafka.BootstrapServers))
            throw new SettingsException($"'data.path' is '{settings.Options.Data.Path}', but a run feeds only its embedded cluster, and 'kafka.bootstrapServers' is set. Send the data set with 'hnm produce'.");
    }
}
