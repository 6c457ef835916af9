using System.CommandLine;
using HnmStreams.Configuration;

namespace HnmStreams.Host.Commands;

/// <summary>The command line as a whole.</summary>
internal static class HnmCommand
{
    public static RootCommand Create(CommandContext context)
    {
        var root = new RootCommand("HnmStreams: mines hard negatives from a Kafka stream and trains a model on them while the stream runs.")
        {
            RunCommand.Create(context),
            ReplayCommand.Create(context),
            InspectCommand.Create(context),
            ProduceCommand.Create(context),
            MineCommand.Create(context),
            BrokerCommand.Create(context),
            ConfigCommand.Create(context),
            BenchCommand.Create(context),
        };
        HelpWithExitCodes.AddTo(root);
        return root;
    }

    /// <summary>Runs a command line to its exit code. Says on standard error what went wrong.</summary>
    public static async Task<int> InvokeAsync(IReadOnlyList<string> args, CommandContext context)
    {
        var parsed = Create(context).Parse(args);
        // Signals are ours, and so are exceptions.
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
            // A service drains when it is told to stop; a measurement has nothing to show before its end.
            context.Error.WriteLine("hnm: stopped before it was finished");
            return ExitCodes.Interrupted;
        }
#pragma warning disable CA1031 // The end of the line: everything becomes a sentence and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            context.Error.WriteLine($"hnm: {FailureText.Of(e)}");
            return ExitCodes.Failure;
        }
    }
}
