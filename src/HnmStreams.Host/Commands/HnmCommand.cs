using System.CommandLine;
using HnmStreams.Configuration;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands.Clusters;
using HnmStreams.Host.Commands.Comparisons;
using HnmStreams.Host.Commands.Export;
using HnmStreams.Host.Commands.Labels;
using HnmStreams.Host.Commands.Serve;
using HnmStreams.Host.Commands.Tuning;

namespace HnmStreams.Host.Commands;

/// <summary>The root of the command line.</summary>
internal static class HnmCommand
{
    public static RootCommand Create(CommandContext context)
    {
        var root = new RootCommand("HnmStreams: mines hard negatives from a Kafka stream and trains a model on them while the stream runs.")
        {
            RunCommand.Create(context),
            ServeCommand.Create(context),
            ReplayCommand.Create(context),
            InspectCommand.Create(context),
            ProduceCommand.Create(context),
            MineCommand.Create(context),
            LabelsCommand.Create(context),
            BrokerCommand.Create(context),
            ClusterCommand.Create(context),
            ExportCommand.Create(context),
            ConfigCommand.Create(context),
            CompareCommand.Create(context),
            TuneCommand.Create(context),
            RemovedBenchCommand.Create(context),
        };
        HelpWithExitCodes.AddTo(root);
        return root;
    }

    /// <summary>Runs a command line and returns its exit code. Failures are written to standard error.</summary>
    public static async Task<int> InvokeAsync(IReadOnlyList<string> args, CommandContext context)
    {
        var parsed = Create(context).Parse(args);
        // StopSignals handles signals and the catch clauses below handle exceptions, in place of the library's handlers.
        var invocation = new InvocationConfiguration { Output = context.Out, Error = context.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            var code = await parsed.InvokeAsync(invocation, context.Signals.Stop);
            return parsed.Errors.Count > 0 ? ExitCodes.Usage : code;
        }
        catch (SettingsException e)
        {
            context.Error.WriteLine($"hnm: {e.Message}");
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException) when (context.Signals.Stop.IsCancellationRequested)
        {
            // A run drains when it is stopped. A comparison has no result before its end.
            context.Error.WriteLine("hnm: interrupted before it finished");
            return ExitCodes.Interrupted;
        }
#pragma warning disable CA1031 // The outermost frame: every exception becomes a message and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            context.Error.WriteLine($"hnm: {FailureText.Of(e)}");
            return ExitCodes.Failure;
        }
    }
}
