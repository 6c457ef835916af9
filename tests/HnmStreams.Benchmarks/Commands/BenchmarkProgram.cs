using System.CommandLine;
using HnmStreams.Benchmarks.Backbones;
using HnmStreams.Benchmarks.Commands.Learning;
using HnmStreams.Benchmarks.Exact;
using HnmStreams.Benchmarks.Gpu;
using HnmStreams.Benchmarks.TelemetryOverhead;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Host.Application;

namespace HnmStreams.Benchmarks.Commands;

/// <summary>The command line of the developer benchmarks, one subcommand per benchmark.</summary>
internal static class BenchmarkProgram
{
    public static RootCommand Create(BenchmarkContext context) =>
        new("Developer benchmarks of HnmStreams. Each one alternates between the contenders in one process and reports medians.")
        {
            Pipeline(context), Exact(context), Telemetry(context),
            PoolCommand.Create(context), WaitingCommand.Create(context), LatencyCommand.Create(context), SearchCommand.Create(context), BackboneCommand.Create(context.Out, context.PathOf), GpuCommand.Create(context.Out, context.Time), PoliciesCommand.Create(context), PoisoningCommand.Create(context), DelayedCommand.Create(context), RegretCommand.Create(context), MicroCommand.Create(), ClusterCommands.Create(context), ClusterCommands.CreateNode(), LearnerEdgeCommand.Create(context), TransportCommand.Create(context),
        };

    /// <summary>Runs one command line and returns its exit code. Without arguments it lists the benchmarks.</summary>
    public static async Task<int> InvokeAsync(IReadOnlyList<string> args, BenchmarkContext context, CancellationToken cancellation)
    {
        var parsed = Create(context).Parse(args.Count == 0 ? ["--help"] : args);
        var invocation = new InvocationConfiguration { Output = context.Out, Error = context.Error, EnableDefaultExceptionHandler = false };
        try
        {
            var code = await parsed.InvokeAsync(invocation, cancellation);
            return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
        }
        catch (OperationCanceledException)
        {
            await context.Error.WriteLineAsync("The benchmark was interrupted before it finished.");
            return ExitCodes.Interrupted;
        }
#pragma warning disable CA1031 // The outermost frame: every exception becomes a message and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await context.Error.WriteLineAsync($"The benchmark failed: {FailureText.Of(e)}");
            return ExitCodes.Failure;
        }
    }

    private static Command Pipeline(BenchmarkContext context) => AlternatingCommand.Create(
        context,
        "pipeline",
        "The whole pipeline including Kafka, compared with a bare loop of the same model and with a loop that only consumes",
        (settings, model, cancellation) => new PipelineBenchmark(settings, context.Out, context.Time).RunAsync(model, cancellation));

    private static Command Exact(BenchmarkContext context) => AlternatingCommand.Create(
        context,
        "exact",
        "The pipeline in exact mode (overlap 1 and 0), compared with live mode, on one partition",
        (settings, model, cancellation) => new ExactBenchmark(settings, context.Out, context.Time).RunAsync(model, cancellation));

    private static Command Telemetry(BenchmarkContext context) => AlternatingCommand.Create(
        context,
        "telemetry",
        "The pipeline with all telemetry at its defaults (traces, metrics and logs to a collector, /metrics scraped), compared with none",
        (settings, model, cancellation) => new TelemetryBenchmark(settings, context.Out, context.Time).RunAsync(model, cancellation));
}
