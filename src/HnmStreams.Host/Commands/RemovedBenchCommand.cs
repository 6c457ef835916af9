using System.CommandLine;
using HnmStreams.Host.Application;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm bench</c>, which no longer exists. It fails with the name of the command that replaced it.</summary>
internal static class RemovedBenchCommand
{
    public static Command Create(CommandContext context)
    {
        var arguments = new Argument<string[]>("arguments") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("bench", "Removed") { arguments };
        command.Hidden = true;
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parsed =>
        {
            context.Error.WriteLine($"hnm: {ReplacementOf(parsed.GetValue(arguments)?.FirstOrDefault())}");
            return ExitCodes.Usage;
        });
        return command;
    }

    private static string ReplacementOf(string? benchmark) => benchmark switch
    {
        "quality" or "cost" => $"'hnm bench {benchmark}' was renamed. Use 'hnm compare {benchmark}'.",
        "mine" => "'hnm bench mine' is a developer benchmark now. Use 'make bench ARGS=\"search\"' in the source tree.",
        "pipeline" or "exact" or "telemetry" or "pool" or "policies" =>
            $"'hnm bench {benchmark}' is a developer benchmark now. Use 'make bench ARGS=\"{benchmark}\"' in the source tree.",
        _ => "'hnm bench' was removed. Use 'hnm compare quality', 'hnm compare cost', or 'make bench' in the source tree for developer benchmarks.",
    };
}
