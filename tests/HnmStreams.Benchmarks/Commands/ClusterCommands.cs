using System.CommandLine;
using HnmStreams.Benchmarks.Cluster;
using HnmStreams.Configuration;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Host.Scoring;
using HnmStreams.Torch.Native;

namespace HnmStreams.Benchmarks.Commands;

/// <summary><c>cluster</c>: a learner with score nodes in separate processes; and <c>cluster-node</c>, a score node with a simulated accelerator.</summary>
internal static class ClusterCommands
{
    public static Command Create(BenchmarkContext context)
    {
        var bootstrap = new Option<string>("--bootstrap") { HelpName = "HOST:PORT", Description = "A broker with the topic", Required = true };
        var topic = new Option<string>("--topic") { HelpName = "TOPIC", Description = "A topic with examples of the task, for example from hnm produce. Its partitions limit the number of nodes", Required = true };
        var task = new Option<string?>("--task") { HelpName = "FILE", Description = "The task file of the topic's examples; if not set, the synthetic images" };
        var examples = new Option<int>("--examples") { HelpName = "N", Description = "Examples in the topic", DefaultValueFactory = _ => 200_000 }.AtLeast(1_000);
        var nodes = new Option<int[]>("--nodes") { HelpName = "N", Description = "Numbers of nodes, one run each", DefaultValueFactory = _ => [1, 2, 4], AllowMultipleArgumentsPerToken = true };
        var microseconds = new Option<double>("--microseconds") { HelpName = "N", Description = "Time per scored row that a simulated accelerator takes; 0 for the real network only", DefaultValueFactory = _ => 50 };
        var hnm = new Option<string>("--hnm") { HelpName = "FILE", Description = "Path of the service's executable", DefaultValueFactory = _ => "src/HnmStreams.Host/bin/Release/net10.0/hnm" };
        var summary = SummaryFile.Option();
        var command = new Command("cluster", "Throughput and processor time of a learner with 1, 2 and 4 score nodes in separate processes, at a simulated cost per row") { bootstrap, topic, task, examples, nodes, microseconds, hnm, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            var work = Directory.CreateTempSubdirectory("hnm-cluster-bench-").FullName;
            var settings = new ClusterBenchSettings(
                parsed.GetValue(bootstrap)!, parsed.GetValue(topic)!, context.PathOf(parsed.GetValue(task) ?? "config/tasks/synthetic.json"), parsed.GetValue(nodes)!, parsed.GetValue(examples), parsed.GetValue(microseconds), context.PathOf(parsed.GetValue(hnm)!), work);
            var report = await new ClusterBenchmark(settings, context.Out, context.Time).RunAsync(cancellation);
            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), report, cancellation);
            Directory.Delete(work, recursive: true);
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>Creates the command that the benchmark starts for each node.</summary>
    public static Command CreateNode()
    {
        var microseconds = new Option<double>("--microseconds") { Description = "Time per scored row", Required = true };
        var options = new SettingOptions();
        var command = new Command("cluster-node", "A score node with a simulated accelerator, for the benchmark 'cluster'") { microseconds };
        command.Hidden = true;
        options.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            TorchLibrary.EnsureLoaded();
            var process = CommandContext.OfProcess(new StopSignals(TimeProvider.System));
            var settings = process.Settings.Load(options.Read(parsed)).Options;
            using var task = new SleepingTask(ConfiguredTask.Create(settings.Task), TimeSpan.FromMicroseconds(parsed.GetValue(microseconds)), process.Time);
            return await new ScoreExecution(process, settings, task).ExecuteAsync();
        });
        return command;
    }
}
