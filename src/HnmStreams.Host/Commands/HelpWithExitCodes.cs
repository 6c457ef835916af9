using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace HnmStreams.Host.Commands;

/// <summary>The usual help of any command, and below it what the exit codes mean.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    /// <summary>Wrong arguments stay errors even where help was asked for in the same breath.</summary>
    public override bool ClearsParseErrors => help.ClearsParseErrors;

    public static void AddTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction help)
                option.Action = new HelpWithExitCodes(help);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(ExitCodes.Help);
        return ExitCodes.Ok;
    }
}
