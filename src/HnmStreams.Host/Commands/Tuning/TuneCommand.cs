using System.CommandLine;
using System.CommandLine.Parsing;
using HnmStreams.Configuration;
using HnmStreams.Host.Application;
using HnmStreams.Host.Tune;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands.Tuning;

/// <summary><c>hnm tune</c>.</summary>
internal static class TuneCommand
{
    public static Command Create(CommandContext context)
    {
        var config = new Option<string>("--config") { HelpName = "FILE", Description = "The settings file, such as one of config/tasks", Required = true };
        var data = new Option<string?>("--data") { HelpName = "DIR", Description = "Folder with the data sets; overrides HNM_DATA" };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "A setting of all candidates, which is not varied; may be repeated", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var budget = new Option<TimeSpan>("--budget") { HelpName = "DURATION", Description = "Time for all runs", DefaultValueFactory = _ => TimeSpan.FromMinutes(10), CustomParser = ParseBudget };
        var output = new Option<string?>("--output") { HelpName = "FILE", Description = "The settings file to write (default: NAME.tuned.json in the working folder)" };
        var seeds = new Option<int>("--seeds") { HelpName = "N", Description = "Seeds of the comparison of the best change with the present settings", DefaultValueFactory = _ => 5 }.AtLeast(TuneVerdict.MinSeeds);
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Maximum number of rounds; each changes at most one setting", DefaultValueFactory = _ => 4 }.AtLeast(1);
        var examples = new Option<int?>("--examples") { HelpName = "N", Description = "Examples that the longest runs consume (default: chosen by the measured speed and the budget)" }.AtLeast(9);
        var fresh = new Option<bool>("--fresh") { Description = "Ignore the state of an earlier search" };
        var command = new Command(
            "tune",
            "Search better settings for a data set by successive halving on a share of its training part, and write a settings file with the evidence for each change. "
            + "The test part is not read. If it is stopped, the same command continues from the state file beside the output.")
        {
            config, data, set, budget, output, seeds, rounds, examples, fresh,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var file = parsed.GetValue(config)!;
            var written = Path.GetFullPath(parsed.GetValue(output) ?? Path.GetFileNameWithoutExtension(file) + ".tuned.json", context.WorkingFolder);
            var request = new TuneRequest(
                file, parsed.GetValue(set) ?? [], parsed.GetValue(budget), written, parsed.GetValue(seeds), parsed.GetValue(rounds), parsed.GetValue(examples), parsed.GetValue(fresh));
            var execution = new TuneExecution(request, context.WithData(parsed.GetValue(data)));
            try
            {
                await Task.Factory.StartNew(() => execution.Execute(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                context.Error.WriteLine($"hnm: the finished runs are in {execution.StatePath}; the same command continues with them");
                throw;
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static TimeSpan ParseBudget(ArgumentResult result)
    {
        var text = string.Join(' ', result.Tokens.Select(static t => t.Value));
        if (!Duration.TryParse(text, out var budget) || budget <= TimeSpan.Zero)
            result.AddError($"--budget must be {Duration.Allowed}, above 0, but is '{text}'.");
        return budget;
    }
}
