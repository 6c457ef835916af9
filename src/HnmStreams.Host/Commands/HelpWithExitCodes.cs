using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using HnmStreams.Host.Application;

namespace HnmStreams.Host.Commands;

/// <summary>The standard help of any command, followed by the exit codes.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    /// <summary>Invalid arguments remain errors even if help is requested on the same command line.</summary>
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
