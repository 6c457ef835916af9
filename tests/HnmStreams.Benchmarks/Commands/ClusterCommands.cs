using System.CommandLine;
using System.Diagnostics;
using HnmStreams.Benchmarks.Cluster;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Configuration;
using HnmStreams.Data.Rows;
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
        var bootstrap = new Option<string>("--bootstrap") { HelpName = "HOST:PORT", Description = "A broker", Required = true };
        var model = new Option<string>("--model") { HelpName = "MODEL", Description = "cnn or light. A topic with this number of examples is filled, and deleted at the end", DefaultValueFactory = _ => BenchmarkModel.Light.Name };
        model.AcceptOnlyFromAmong(BenchmarkModel.Light.Name, BenchmarkModel.Convolutional.Name);
        var topic = new Option<string?>("--topic") { HelpName = "TOPIC", Description = "A topic with examples of --task, for example from hnm produce, in place of one that is filled. Its partitions limit the number of nodes" };
        var task = new Option<string?>("--task") { HelpName = "FILE", Description = "A task file in place of the model's own settings" };
        var examples = new Option<int>("--examples") { HelpName = "N", Description = "Examples in the topic", DefaultValueFactory = _ => 4_000_000 }.AtLeast(1_000);
        var arrow = new Option<int?>("--arrow") { HelpName = "ROWS", Description = "Fill the topic with records of this number of examples each, as Arrow batches, instead of one example per record as protobuf" }.AtLeast(1);
        var nodes = new Option<int[]>("--nodes") { HelpName = "N", Description = "Numbers of nodes, one run each; 0 is one process without a cluster", DefaultValueFactory = _ => [1, 2, 4], AllowMultipleArgumentsPerToken = true };
        var warmUp = new Option<int>("--warm-up") { HelpName = "N", Description = "Seconds of a run that are not measured, in which code is compiled", DefaultValueFactory = _ => 20 }.AtLeast(0);
        var seconds = new Option<int>("--seconds") { HelpName = "N", Description = "The longest time that a run is measured", DefaultValueFactory = _ => 20 }.AtLeast(1);
        var microseconds = new Option<double>("--microseconds") { HelpName = "N", Description = "Time per scored row that a simulated accelerator takes; 0 for the real network only", DefaultValueFactory = _ => 50 };
        var compute = new Option<bool>("--compute") { Description = "Compute the outputs beside the simulated accelerator. Otherwise they are hashes of the payloads" };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "A setting of all processes; may be repeated", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var toEnd = new Option<bool>("--to-end") { Description = "After the measured time, wait until all examples are consumed, and report the newest model's metric on held-out examples" };
        var hnm = new Option<string>("--hnm") { HelpName = "FILE", Description = "Path of the service's executable", DefaultValueFactory = _ => "src/HnmStreams.Host/bin/Release/net10.0/hnm" };
        var summary = SummaryFile.Option();
        var command = new Command("cluster", "Throughput and processor time of a learner with 1, 2 and 4 score nodes in separate processes, at a simulated cost per row") { bootstrap, model, topic, task, examples, arrow, nodes, warmUp, seconds, microseconds, compute, set, toEnd, hnm, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            var work = Directory.CreateTempSubdirectory("hnm-cluster-bench-").FullName;
            var measured = ClusterModel.Of(parsed.GetValue(model)!);
            await using var filled = parsed.GetValue(topic) is null
                ? await ClusterTopic.FillAsync(parsed.GetValue(bootstrap)!, measured, parsed.GetValue(examples), parsed.GetValue(arrow), cancellation)
                : null;
            var settings = new ClusterBenchSettings(
                parsed.GetValue(bootstrap)!,
                filled?.Name ?? parsed.GetValue(topic)!,
                parsed.GetValue(task) is { } file ? context.PathOf(file) : await measured.WriteAsync(work, cancellation),
                parsed.GetValue(nodes)!,
                parsed.GetValue(examples),
                TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(microseconds),
                parsed.GetValue(compute),
                parsed.GetValue(set) ?? [],
                parsed.GetValue(toEnd),
                context.PathOf(parsed.GetValue(hnm)!),
                work);
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
        var compute = new Option<bool>("--compute") { Description = "Compute the outputs as well" };
        var killAbove = new Option<float?>("--kill-above") { Description = "The process kills itself while it scores an example whose first value is above this one" };
        var options = new SettingOptions();
        var command = new Command("cluster-node", "A score node with a simulated accelerator, for the benchmark 'cluster' and for tests of nodes that crash") { microseconds, compute, killAbove };
        command.Hidden = true;
        options.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            TorchLibrary.EnsureLoaded();
            var process = CommandContext.OfProcess(new StopSignals(TimeProvider.System));
            var settings = process.Settings.Load(options.Read(parsed)).Options;
            using var schedule = new AcceleratorSchedule(TimeSpan.FromMicroseconds(parsed.GetValue(microseconds)), process.Time);
            var task = new SimulatedAccelerator(ConfiguredTask.Create(settings.Task), parsed.GetValue(compute), schedule, parsed.GetValue(killAbove) is { } limit ? rows => KillAbove(limit, rows) : null);
            return await new ScoreExecution(process, settings, task).ExecuteAsync();
        });
        return command;
    }

    // Nothing of the process runs after SIGKILL, as after a crash in native code.
    private static void KillAbove(float limit, RowBuffer rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            if (BitConverter.ToSingle(rows.Payload(row)) > limit)
                Process.GetCurrentProcess().Kill();
        }
    }
}
